import ConcurrencyPrimitives
import NIOCore

/// The buffer into which the connections of one event loop read, one after the other.
///
/// A read is handled before the next one begins, and its payloads are copied out of the buffer. So all connections can
/// share one buffer. It stays in the cache, and an idle connection needs none. See
/// `docs/decisions/0018-connections-share-a-read-buffer.md`.
// Sendable: used only on the thread of its event loop, like the channels that read into it.
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
    /// The only reference is given out, because SwiftNIO would copy a buffer with another owner. If the buffer was not
    /// given back, or if its user still uses it, a new one is made.
    func lend(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var bytes = self.bytes.take() else { return allocator.buffer(capacity: self.capacity) }
        bytes.clear()
        return bytes
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
