import NIOCore
import WebSocketProtocol

// Reads the rest of a large message directly into the memory in which it is delivered.
extension WebSocketChannelHandler {
    /// Goes on with a large message in progress without copying, if that is worth it and there is memory.
    func beginHolding(_ message: LargeMessage) {
        guard let shared = self.readBuffer, let context = self.context else { return }
        guard var bytes = LargeRead.beginning(of: message, context.channel.allocator) else { return }
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: message.received) { target in
            self.reads.moveMessage(to: target)
            return message.received
        }
        let large = self.largeRead ?? LargeRead(shared)
        large.hold(message, in: bytes, of: LargeBlock())
        guard self.largeRead == nil else { return }
        self.largeRead = large
        // A closed channel refuses the option, but will not read.
        try? context.channel.syncOptions?.setOption(.recvAllocator, value: large)
    }

    /// Takes a read for which ``LargeRead`` has lent the memory.
    ///
    /// - Returns: Whether a message came, or a part of one.
    func receiveLarge(_ buffer: ByteBuffer) -> Bool {
        guard let large = self.largeRead else { return false }
        let hasData: Bool
        switch large.takeLent() {
        case .shared:
            large.stopHolding()
            hasData = self.receive(buffer)
        case .block(let block): hasData = self.receive(buffer, in: block, large)
        case .sharedAfterLoss:
            self.stopHolding(large)
            self.end(.failed(.lostByRead))
            return false
        }
        if self.reads.largeMessage == nil, !large.expectsAnother { self.stopHolding(large) }
        return hasData
    }

    private func receive(_ buffer: ByteBuffer, in block: LargeBlock, _ large: LargeRead) -> Bool {
        let memory = LargeRead.memory(of: buffer, in: block)
        let wasHeld = self.reads.heldBytes > 0
        let hasData = buffer.withUnsafeReadableBytes { self.reads.receive($0, in: memory) }
        block.bytes = buffer
        guard let message = self.reads.largeMessage else {
            if wasHeld, !self.reads.hasEnded { large.completed() } else { large.stopHolding() }
            return hasData
        }
        if self.reads.heldBytes > 0 {
            large.hold(message, in: buffer, of: block)
        } else {
            large.stopHolding()
            self.beginHolding(message)
        }
        return hasData
    }

    /// Reads into the buffer of the event loop again.
    private func stopHolding(_ large: LargeRead) {
        large.stopHolding()
        self.largeRead = nil
        guard let shared = self.readBuffer else { return }
        try? self.context?.channel.syncOptions?
            .setOption(.recvAllocator, value: ReadBufferAllocator(shared: shared))
    }
}
