import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

/// The buffer into which the connections of one event loop read, one after the other.
///
/// A read is processed before the next one begins, and its payloads are copied out of the buffer. So all connections
/// share one buffer, which stays in the cache, and an idle connection needs none. See
/// `docs/decisions/0018-connections-share-a-read-buffer.md`.
///
/// If messages fill most of the buffer, their batch keeps it instead of a copy. Another buffer is used until the batch
/// is freed. See `docs/decisions/0026-a-large-read-is-kept-where-it-lies.md`.
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
    /// The size of the buffer in bytes.
    let capacity: Int
    /// The buffer; nil during a read.
    // Both are unchecked for exclusive access: each read looks at them four times, on the event loop.
    @exclusivity(unchecked) private var bytes: ByteBuffer?
    /// Buffers that a batch has kept; nothing reports when they are free again, so each use checks it.
    @exclusivity(unchecked) private var kept: [ByteBuffer] = []
    /// The maximum number of them: a stream whose consumer keeps up has no more in use.
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

    /// Lends the empty buffer for one read.
    ///
    /// The caller gets the only reference, because SwiftNIO would copy a buffer that has another owner. If the buffer
    /// was not given back, or a batch has kept its bytes, the caller gets another one.
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

    /// The memory of a read in such a buffer, if at least half of it is filled; then a batch may keep it.
    func memory(of bytes: ByteBuffer, _ storage: Unmanaged<AnyObject>) -> ReadMemory? {
        // In this order, because most reads are small, and a look at the storage is a check of exclusive access.
        guard bytes.readableBytes >= self.capacity / 2, bytes.storageCapacity == self.capacity else { return nil }
        return ReadMemory(owner: storage.takeUnretainedValue(), capacity: self.capacity)
    }

    /// Takes a buffer of our size back after a read, for the next read.
    func giveBack(_ bytes: ByteBuffer) {
        if bytes.capacity == self.capacity { self.bytes = bytes }
    }
}

/// Makes a channel read into the buffer of its event loop.
struct ReadBufferAllocator: RecvByteBufferAllocator {
    let shared: ReadBuffer

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { self.shared.lend(allocator) }

    /// SwiftNIO asks for a buffer before each read only if it might be larger than the last one.
    mutating func record(actualReadBytes: Int) -> Bool { true }
}
