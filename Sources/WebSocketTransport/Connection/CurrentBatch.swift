public import WebSocketProtocol

/// The batch an iterator works on; what is left of it goes back when the iterator goes away.
@usableFromInline
final class CurrentBatch {
    private let connection: WebSocketConnection
    private var batch = InboundBatch()
    private var index = 0
    /// The pieces so far of a message that is to be given whole; kept in the connection when the iterator goes away.
    private var joined: [UInt8] = []

    init(connection: WebSocketConnection) { self.connection = connection }

    deinit {
        if !self.joined.isEmpty { self.connection.unfinishedMessage.withLock { $0 = self.joined } }
        guard self.batch.count > 0 else { return }
        if self.index < self.batch.count {
            self.batch.removeFirst(self.index)
            self.connection.batches.giveBack(
                self.batch,
                cost: .init(bytes: self.batch.byteCount, elements: self.batch.count)
            )
        }
        self.connection.batches.stoppedConsuming()
    }

    // MARK: Messages

    @usableFromInline
    func nextMessage() -> WebSocketMessage? {
        while self.index < self.batch.count {
            let index = self.index
            self.index += 1
            if self.batch.isWhole(at: index) { return self.batch[index] }
            if let message = self.join(self.batch.piece(at: index)) { return message }
        }
        return nil
    }

    @usableFromInline
    func refillMessage() async throws -> WebSocketMessage? {
        while try await self.refill() {
            if let message = self.nextMessage() { return message }
        }
        return nil
    }

    private func join(_ piece: MessagePiece) -> WebSocketMessage? {
        if piece.isFirst {
            self.joined = []
        } else if self.joined.isEmpty {
            self.joined = self.connection.unfinishedMessage.withLock { unfinished in
                defer { unfinished = [] }
                return unfinished
            }
            // Someone has taken the first pieces as such: what is left is not a message.
            guard !self.joined.isEmpty else { return nil }
        }
        self.joined += piece.bytes
        guard piece.isLast else { return nil }
        defer { self.joined = [] }
        return piece.kind == .text ? WebSocketMessage(utf8Text: self.joined) : WebSocketMessage(binary: self.joined)
    }

    // MARK: Pieces

    @usableFromInline
    func nextPiece() -> MessagePiece? {
        guard self.index < self.batch.count else { return nil }
        defer { self.index += 1 }
        return self.batch.piece(at: self.index)
    }

    @usableFromInline
    func refillPiece() async throws -> MessagePiece? {
        guard try await self.refill() else { return nil }
        return self.nextPiece()
    }

    /// - Returns: False when the connection was closed.
    private func refill() async throws -> Bool {
        self.batch = InboundBatch()
        self.index = 0
        guard let batch = try await self.connection.batches.nextMessages() else { return false }
        self.batch = batch
        return true
    }
}
