import NIOCore
import WebSocketProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Reads large messages of one connection into the memory in which they stay, so that they are not copied.
///
/// Before each read, SwiftNIO asks for a buffer, and reads into its free part. For the rest of a large message, this
/// is the buffer that has the message so far. When the message is complete, it is delivered where it lies.
///
/// ```
///           enough of a large message has arrived          complete
///   copies ───────────────────────────────────────► holds ──────────► expects
///     ▲                                             │   ▲               │  │
///     │               a violation                   │   │  begun there  │  │
///     ├─────────────────────────────────────────────┘   └───────────────┘  │
///     │                         not begun there                            │
///     └────────────────────────────────────────────────────────────────────┘
/// ```
///
/// While another large message is expected, the next read goes into a free block that is large enough for it. See
/// `docs/decisions/0032-a-large-message-is-read-into-its-place.md`.
// Sendable: used on the event loop of its channel only.
final class LargeRead: RecvByteBufferAllocator, @unchecked Sendable {
    enum State {
        /// Reads go into the buffer of the event loop; can become `holds`.
        case copies
        /// Reads continue the message in the block; can become `expects` or `copies`.
        case holds(LargeBlock, LargeMessage)
        /// The next read may begin a message like the last one, of this size; can become `holds` or `copies`.
        case expects(total: Int)
    }

    /// What a read went into.
    enum Lent {
        /// The buffer of the event loop.
        case shared
        /// The memory of a large message.
        case block(LargeBlock)
        /// The buffer of the event loop, because SwiftNIO has dropped the beginning of a message.
        case sharedAfterLoss
    }

    private let shared: ReadBuffer
    private(set) var state = State.copies
    private var lent = Lent.shared

    init(_ shared: ReadBuffer) { self.shared = shared }

    // MARK: Before a read

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        switch self.state {
        case .copies: break
        case .holds(let block, let message):
            guard var bytes = block.bytes.take() else {
                self.lent = .sharedAfterLoss
                return self.shared.lend(allocator)
            }
            bytes.makeRoom(for: message.left, atMost: self.shared.capacity)
            self.lent = .block(block)
            return bytes
        case .expects(let total):
            guard var bytes = LargeBlocks.shared.take(for: total) else { break }
            bytes.limitRoom(to: self.shared.capacity)
            self.lent = .block(LargeBlock())
            return bytes
        }
        self.lent = .shared
        return self.shared.lend(allocator)
    }

    /// SwiftNIO asks for a buffer before each read only if it might be larger than the last one.
    func record(actualReadBytes: Int) -> Bool { true }

    // MARK: After a read

    /// What the read went into that has just ended.
    func takeLent() -> Lent {
        // No reference to the block stays here: it must be free as soon as nobody uses the message.
        defer { self.lent = .shared }
        return self.lent
    }

    /// The memory of a read into a block.
    ///
    /// - Parameters:
    ///   - bytes: The buffer of the read.
    ///   - block: The block that was lent for it.
    /// - Returns: The memory, which is for one message only.
    static func memory(of bytes: ByteBuffer, in block: LargeBlock) -> ReadMemory {
        let room = bytes.storageCapacity - bytes.writerIndex
        // After the last read of a message there may be no room, but it is still the memory of that message alone.
        return ReadMemory(owner: block, capacity: bytes.storageCapacity, room: max(room, 1))
    }

    /// Keeps the message so far, until the next read continues it.
    ///
    /// - Parameters:
    ///   - message: The message in progress.
    ///   - bytes: The buffer of the read; the message is at its end.
    ///   - block: The block of the buffer.
    func hold(_ message: LargeMessage, in bytes: ByteBuffer, of block: LargeBlock) {
        var bytes = bytes
        bytes.moveReaderIndex(to: bytes.writerIndex - message.received)
        block.bytes = bytes
        self.state = .holds(block, message)
    }

    /// The message is complete, and the batch has its memory; it may not be the last one.
    func completed() {
        guard case .holds(_, let message) = self.state else { return }
        self.state = .expects(total: message.total)
    }

    /// Whether the next read may begin a large message.
    var expectsAnother: Bool {
        if case .expects = self.state { true } else { false }
    }

    /// Frees the memory of the message in progress, if there is one.
    func stopHolding() { self.state = .copies }

    // MARK: The beginning of a message

    /// Memory for a message of which a part has arrived and was copied: a free block for all of it; or, from 128 KiB
    /// on, new memory of at most twice what is needed now.
    ///
    /// - Parameters:
    ///   - message: The message in progress.
    ///   - allocator: Makes a new buffer.
    /// - Returns: An empty buffer; nil if it is better to go on copying.
    static func beginning(of message: LargeMessage, _ allocator: ByteBufferAllocator) -> ByteBuffer? {
        // What has arrived is copied once more, so that the rest is not.
        guard message.left > message.received else { return nil }
        if message.received >= message.total / 8 {
            if let free = LargeBlocks.shared.take(for: message.total) { return free }
        }
        guard message.received >= 128 << 10 else { return nil }
        let twice = 1 << (Int.bitWidth - 1 - (2 * message.received).leadingZeroBitCount)
        // SwiftNIO rounds up to a power of two.
        return allocator.buffer(capacity: min(twice, message.total))
    }
}

extension ByteBuffer {
    /// Makes room for the next read: the rest of a message, if it fits; else the memory doubles when it is full.
    ///
    /// - Parameters:
    ///   - left: The rest of the message in bytes.
    ///   - most: The maximum size of a read in bytes; a rest that is a little larger is read at once.
    mutating func makeRoom(for left: Int, atMost most: Int) {
        let wanted = left <= most + most / 4 ? left : most
        #if RED_CONTROLS
        if RedControl.isActive(.announcedBytesReserved) { self.reserveCapacity(minimumWritableBytes: left) }
        #endif
        let isFull = self.writerIndex == self.storageCapacity
        // The last slice has hidden the end of the memory.
        self.reserveCapacity(min(self.writerIndex + wanted, self.storageCapacity * (isFull ? 2 : 1)))
        self.limitRoom(to: wanted)
    }

    /// Makes the free part at most `count` bytes, because SwiftNIO reads as much as there is room for.
    mutating func limitRoom(to count: Int) {
        guard self.writableBytes > count else { return }
        let (start, end) = (self.readerIndex, self.writerIndex)
        self.moveReaderIndex(to: 0)
        self.moveWriterIndex(to: end + count)
        // Not nil, because these bytes are readable. A slice has the capacity of its bytes.
        guard var limited = self.getSlice(at: 0, length: end + count) else { return }
        limited.moveWriterIndex(to: end)
        limited.moveReaderIndex(to: start)
        self = limited
    }
}
