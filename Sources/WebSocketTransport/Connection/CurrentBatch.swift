public import WebSocketProtocol

/// The batch an iterator works on; what is left of it goes back when the iterator goes away.
@usableFromInline
final class CurrentBatch {
    private let connection: WebSocketConnection
    // Unchecked: an iterator is not Sendable, so one task uses it; and a check for each message would cost more than the
    // message.
    @exclusivity(unchecked) @usableFromInline var batch: MessageBatch?
    /// The first message that was not given out yet.
    @exclusivity(unchecked) @usableFromInline var index = 0

    init(connection: WebSocketConnection) { self.connection = connection }

    deinit {
        guard let batch = self.batch else { return }
        guard self.index < batch.count else { return self.connection.inbound.stopConsuming() }
        var rest = batch.inbound
        rest.removeFirst(self.index)
        self.connection.inbound.stopConsuming(
            givingBack: (MessageBatch(rest), .init(bytes: rest.byteCount, elements: rest.count))
        )
    }

    // MARK: Messages

    /// The next message of the batch at hand.
    @inlinable
    func nextMessage() -> WebSocketMessage? {
        let index = self.index
        guard let batch = self.batch, index < batch.count else { return nil }
        self.index = index &+ 1
        return batch.inbound.wholeMessage(at: index) ?? self.joinMessage(from: index)
    }

    /// Joins pieces to a message, from `index` on.
    @usableFromInline
    func joinMessage(from index: Int) -> WebSocketMessage? {
        guard let batch = self.batch?.inbound else { return nil }
        for index in index..<batch.count {
            self.index = index + 1
            if let message = batch.wholeMessage(at: index) ?? self.join(batch.piece(at: index)) { return message }
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
        self.connection.unfinishedMessage.withLock { unfinished in
            if piece.isFirst { unfinished = [] }
            // Someone has taken the pieces before as such: what is left is not a message.
            guard unfinished != nil else { return nil }
            unfinished? += piece.bytes
            guard piece.isLast, let joined = unfinished.take() else { return nil }
            return piece.kind == .text ? WebSocketMessage(utf8Text: joined) : WebSocketMessage(binary: joined)
        }
    }

    // MARK: Batches

    @inline(__always)
    func nextBatch() async throws -> MessageBatch? {
        while try await self.refill() {
            if let batch = self.takeWholeMessages() { return batch }
        }
        return nil
    }

    private func takeWholeMessages() -> MessageBatch? {
        guard self.connection.deliversPieces else {
            self.index = self.batch?.count ?? 0
            return self.batch
        }
        var messages: [WebSocketMessage] = []
        while let message = self.nextMessage() { messages.append(message) }
        return messages.isEmpty ? nil : MessageBatch(InboundBatch(copying: messages))
    }

    // MARK: Pieces

    @usableFromInline
    func nextPiece() -> MessagePiece? {
        guard let batch = self.batch, self.index < batch.count else { return nil }
        let piece = batch.inbound.piece(at: self.index)
        self.index += 1
        // What others have joined of this message is not followed by the piece that they get next.
        if !(piece.isFirst && piece.isLast) { self.connection.unfinishedMessage.withLock { $0 = nil } }
        return piece
    }

    @usableFromInline
    func refillPiece() async throws -> MessagePiece? {
        guard try await self.refill() else { return nil }
        return self.nextPiece()
    }

    /// - Returns: False when the connection was closed.
    @inline(__always)
    private func refill() async throws -> Bool {
        let inbound = self.connection.inbound
        while true {
            switch try self.takeReady() {
            case .taken: return true
            case .closed: return false
            case .nothing(let id): try await inbound.wait(id).check()
            }
        }
    }

    private enum OnTake {
        case taken
        case closed
        case nothing(BatchMailbox<MessageBatch>.WaitID)
    }

    /// A function of its own, so that the batch has no place in the frame of a task that waits.
    @inline(never)
    private func takeReady() throws -> OnTake {
        // What was given out does not wait for what comes next with its memory.
        (self.batch, self.index) = (nil, 0)
        switch self.connection.inbound.takeReady() {
        case .nothing(let id): return .nothing(id)
        case .next(let next):
            self.batch = try next.messages()
            return self.batch == nil ? .closed : .taken
        }
    }
}
