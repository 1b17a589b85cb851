import ConcurrencyPrimitives
import NIOCore

#if RED_CONTROLS
internal import RedControls
#endif

/// The memory of one large message, into which the socket is read directly.
///
/// The message that is delivered refers to it. With the last such reference, the memory goes back to ``LargeBlocks``.
// Sendable: only the event loop of the connection uses the bytes, until a message refers to the block. From then on
// the bytes are read only.
final class LargeBlock: @unchecked Sendable {
    /// The bytes of the message so far, behind what came before it in the same read; nil during a read.
    @exclusivity(unchecked) var bytes: ByteBuffer?

    deinit {
        // Taken out first, because the pool uses a block only if nothing else refers to its memory.
        if let bytes = self.bytes.take() { LargeBlocks.shared.give(bytes) }
    }
}

/// Free memory for large messages, for the whole process.
///
/// It is separate from the memory for other payloads, because SwiftNIO can read only into memory of its own. It keeps
/// blocks of 512 KiB, 1 MiB and 2 MiB, together at most 4 MiB.
struct LargeBlocks: Sendable {
    static let shared = LargeBlocks()

    private static let sizes = (512 << 10)...(2 << 20)
    private static let mostBytes = 4 << 20

    private let free = Locked<[ByteBuffer]>([])

    /// Takes a free block for a message, which costs the process no new memory.
    ///
    /// - Parameter total: The size of the message in bytes.
    /// - Returns: An empty buffer to which nothing else refers, of at least this size and at most twice as large; nil
    ///   if none is free. If there are two sizes, it is the larger one, which has room for the header.
    func take(for total: Int) -> ByteBuffer? {
        let sizes = total...(2 * total)
        return self.free.withLock { free in
            var best: Int?
            for index in free.indices where sizes.contains(free[index].storageCapacity) {
                #if RED_CONTROLS
                if RedControl.isActive(.usedBlockTaken) { return free.remove(at: index) }
                #endif
                if let best, free[best].storageCapacity >= free[index].storageCapacity { continue }
                // A read that has just ended may still refer to it.
                if free[index].modifyIfUniquelyOwned({ $0.clear() }) != nil { best = index }
            }
            return best.map { free.remove(at: $0) }
        }
    }

    /// Gives memory back; if too much would be free, the oldest is freed.
    ///
    /// - Parameter bytes: The memory; the caller has no other reference to it.
    func give(_ bytes: consuming ByteBuffer) {
        guard Self.sizes.contains(bytes.storageCapacity) else { return }
        let given = consume bytes
        let freed = self.free.withLock { free -> [ByteBuffer] in
            free.append(given)
            var (sum, first) = (0, free.endIndex)
            while first > 0, sum + free[first - 1].storageCapacity <= Self.mostBytes {
                first -= 1
                sum += free[first].storageCapacity
            }
            defer { free.removeFirst(first) }
            return Array(free[..<first])
        }
        // Only after the lock.
        withExtendedLifetime(freed) {}
    }

    /// The size of all free blocks in bytes.
    var freeBytes: Int { self.free.withLock { $0.reduce(0) { $0 + $1.storageCapacity } } }
}
