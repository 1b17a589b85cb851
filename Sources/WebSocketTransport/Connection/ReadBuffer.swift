import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

/// The buffer into which the connections of one event loop read, one after the other.
///
/// A read is handled before the next one begins, and its payloads are copied out of the buffer: so one buffer does for
/// all, stays in the cache, and an idle connection has none; see `docs/decisions/0018-connections-share-a-read-buffer.md`.
/// A batch that messages fill keeps the buffer instead, and another one takes its place until nobody holds it any more; see
/// `docs/decisions/0026-a-large-read-is-kept-where-it-lies.md`.
// Sendable: used on the thread of its event loop only, like the channels that read into it.
final class ReadBuffer: @unchecked Sendable {
    private struct Key: Hashable {
        var eventLoop: ObjectIdentifier
        var capacity: Int
    }

    private struct Weak { weak var buffer: ReadBuffer? }

    private static let all = Locked<[Key: Weak]>([:])

    /// Keeps the event loop alive, because its address is the key.
    private let eventLoop: any EventLoop
    private let capacity: Int
    /// Nil while it is in use.
    // Unchecked for exclusive access: each read looks at it three times, on the event loop.
    @exclusivity(unchecked) private var bytes: ByteBuffer?
    /// Those that were kept by a batch and may be free again; it is not told when they are.
    private var kept: [ByteBuffer] = []
    /// As many as a stream has in flight whose consumer keeps up.
    private static let mostKept = 3

    private init(_ eventLoop: any EventLoop, capacity: Int) {
        self.eventLoop = eventLoop
        self.capacity = capacity
    }

    deinit {
        let key = Key(eventLoop: ObjectIdentifier(self.eventLoop), capacity: self.capacity)
        let successor = Self.all.withLock { all -> ReadBuffer? in
            let successor = all[key]?.buffer
            if successor == nil { all[key] = nil }
            return successor
        }
        // Released only after the lock, because this may be the last reference.
        withExtendedLifetime(successor) {}
    }

    /// The buffer of an event loop for reads of this size; it is freed with the last connection that uses it.
    static func shared(on eventLoop: any EventLoop, capacity: Int) -> ReadBuffer {
        let key = Key(eventLoop: ObjectIdentifier(eventLoop), capacity: capacity)
        return Self.all.withLock { all in
            if let buffer = all[key]?.buffer { return buffer }
            let buffer = ReadBuffer(eventLoop, capacity: capacity)
            all[key] = Weak(buffer: buffer)
            return buffer
        }
    }

    /// Gives out the buffer for one read, empty.
    ///
    /// Its only reference goes with it, as SwiftNIO would copy a buffer that anyone else has. One that was not given
    /// back, or whose bytes a batch has kept, is replaced by another one.
    func lend(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        if var bytes = self.bytes.take() {
            if bytes.modifyIfUniquelyOwned({ $0.clear() }) != nil { return bytes }
            if self.kept.count == Self.mostKept { self.kept.removeFirst() }
            self.kept.append(bytes)
        }
        for index in self.kept.indices where self.kept[index].modifyIfUniquelyOwned({ $0.clear() }) != nil {
            return self.kept.remove(at: index)
        }
        return allocator.buffer(capacity: self.capacity)
    }

    /// What a read of ours lies in, if most of it is filled: a batch may keep it then.
    func memory(of bytes: ByteBuffer, _ storage: Unmanaged<AnyObject>) -> ReadMemory? {
        guard bytes.storageCapacity == self.capacity, bytes.readableBytes >= self.capacity / 2 else { return nil }
        return ReadMemory(owner: storage.takeUnretainedValue(), capacity: self.capacity)
    }

    /// Takes the buffer back after a read, if it is this one, for the next read.
    func giveBack(_ bytes: ByteBuffer) {
        if bytes.storageCapacity == self.capacity { self.bytes = bytes }
    }
}

/// Makes a channel read into the buffer of its event loop.
struct ReadBufferAllocator: RecvByteBufferAllocator {
    let shared: ReadBuffer

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { self.shared.lend(allocator) }

    /// SwiftNIO asks for a buffer before each read only if it might be larger than the last one.
    mutating func record(actualReadBytes: Int) -> Bool { true }
}
