/// A large message in progress that can be read directly into the memory in which it stays.
package struct LargeMessage: Sendable, Hashable {
    /// The smallest size of such a message; a smaller one is copied, which costs less than the choice.
    package static let smallest = 256 << 10
    /// The largest size of such a message; a larger one is copied.
    package static let largest = 1 << 30

    /// How many of its bytes have arrived.
    package var received: Int
    /// Its size in bytes.
    package var total: Int
    /// How many of its bytes have not arrived.
    package var left: Int { self.total - self.received }

    /// Creates a description of a message.
    package init(received: Int, total: Int) { (self.received, self.total) = (received, total) }
}

// Messages whose bytes the caller of the reader keeps, so that they are not copied. See
// `docs/decisions/0032-a-large-message-is-read-into-its-place.md`.
extension MessageReader {
    /// How many bytes of the message in progress are held: the caller keeps them, and gives them again before the next
    /// bytes.
    ///
    /// They are the last bytes that it gave, or those that ``moveMessage(to:)`` has moved.
    package var heldBytes: Int {
        switch self.assembly {
        case .some(let assembly): assembly.held
        case .none: 0
        }
    }

    /// The message in progress, if it is large, and comes as one frame that is neither masked nor compressed.
    package var largeMessage: LargeMessage? {
        guard self.phase == .payload, self.isOfOneLargeFrame, self.assembly != nil else { return nil }
        return LargeMessage(received: self.received, total: self.frame.payloadLength)
    }

    /// Moves the bytes of a large message to memory in which they are held.
    ///
    /// - Parameter target: Memory for at least the bytes that have arrived; they are at its start afterwards.
    package mutating func moveMessage(to target: UnsafeMutableRawBufferPointer) {
        // The caller has seen the message, and how many bytes have arrived.
        precondition(self.largeMessage != nil && self.heldBytes == 0 && target.count >= self.received)
        unsafe self.assembly?.move(to: target)
    }

    /// Whether the message that begins with `count` bytes at the end of the read may be held in the memory of the read.
    func mayHold(_ count: Int, in memory: ReadMemory?) -> Bool {
        guard let memory, memory.room > 0, self.isOfOneLargeFrame else { return false }
        return count < self.frame.payloadLength && memory.isWorthHolding(count, of: self.frame.payloadLength)
    }

    private var isOfOneLargeFrame: Bool {
        let frame = self.frame
        guard (LargeMessage.smallest...LargeMessage.largest).contains(frame.payloadLength) else { return false }
        guard frame.isFinal, frame.opcode == .text || frame.opcode == .binary else { return false }
        return frame.maskingKey == nil && frame.reservedBits == 0 && !self.deliversPieces
    }
}
