public import ConcurrencyPrimitives
public import WebSocketProtocol

/// The batch that an iterator works on; its unused part goes back to the queue when the iterator ends.
@usableFromInline
final class MessageBatchCursor {
    /// Keeps the connection alive while a task receives.
    private let connection: WebSocketConnection
    @usableFromInline let inbound: BatchMailbox<MessageBatch>
    private let deliversPieces: Bool
    // Unchecked: an iterator is not Sendable, so only one task uses it. A check for each message would cost more than
    // the message.
    /// Nil after all messages were given out: the memory is then freed while it is in the cache, and not kept until the
    /// next batch comes.
    @exclusivity(unchecked) @usableFromInline var batch: MessageBatch?
    /// The index of the first message that was not yet given out.
    @exclusivity(unchecked) @usableFromInline var index = 0
    /// Whether the consumer has taken a batch and has not asked for the next one.
    @exclusivity(unchecked) private var isConsuming = false

    init(connection: WebSocketConnection) {
        self.connection = connection
        // Copied from the connection once: two more objects for each batch would be two cache misses.
        self.inbound = connection.inbound
        self.deliversPieces = connection.deliversPieces
    }

    deinit {
        guard self.isConsuming else { return }
        guard let batch = self.batch else { return self.inbound.stopConsuming() }
        var rest = batch.inbound
        rest.removeFirst(self.index)
        self.inbound.stopConsuming(
            givingBack: (MessageBatch(rest), .init(bytes: rest.byteCount, elements: rest.count))
        )
    }

    // MARK: Messages

    /// The next message of the current batch.
    @inlinable
    func nextMessage() -> WebSocketMessage? {
        let index = self.index
        guard let batch = self.batch, index < batch.count else { return nil }
        self.index = index &+ 1
        if self.index == batch.count { self.batch = nil }
        return batch.inbound.wholeMessage(at: index) ?? self.joinMessage(from: index, of: batch)
    }

    /// Joins pieces to a message, starting with `index`.
    @usableFromInline
    func joinMessage(from index: Int, of batch: MessageBatch) -> WebSocketMessage? {
        for index in index..<batch.count {
            self.index = index + 1
            if self.index == batch.count { self.batch = nil }
            let piece = batch.inbound.piece(at: index)
            if let message = batch.inbound.wholeMessage(at: index) ?? self.join(piece) { return message }
        }
        return nil
    }

    private func join(_ piece: MessagePiece) -> WebSocketMessage? {
        self.connection.unfinishedMessage?.withLock { unfinished -> WebSocketMessage? in
            if piece.isFirst { unfinished = [] }
            // Earlier pieces of this message were taken as pieces, so the rest is not a whole message.
            guard unfinished != nil else { return nil }
            unfinished? += piece.bytes
            guard piece.isLast, let joined = unfinished.take() else { return nil }
            return piece.kind == .text ? WebSocketMessage(utf8Text: joined) : WebSocketMessage(binary: joined)
        }
    }

    // MARK: Batches

    /// All messages of the current batch; nil if it has only the beginning of a message.
    @usableFromInline
    func takeWholeMessages() -> MessageBatch? {
        guard self.deliversPieces else { return self.batch.take() }
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
        if self.index == batch.count { self.batch = nil }
        // A reader of whole messages would now miss a piece, so its partial message is dropped.
        if !(piece.isFirst && piece.isLast) { self.connection.unfinishedMessage?.withLock { $0 = nil } }
        return piece
    }

    // MARK: The next batch

    /// Waits until there is a current batch.
    ///
    /// It is compiled into the loop of the consumer, like ``BatchMailbox/wait(_:isolation:)``.
    ///
    /// - Parameter isolation: The isolation of the caller.
    /// - Returns: False if the connection was closed.
    /// - Throws: ``WebSocketError`` if the connection failed or another task receives; `CancellationError`.
    @inlinable
    @inline(__always)
    func refill(isolation: isolated (any Actor)?) async throws -> Bool {
        while true {
            switch try self.takeReady() {
            case .taken: return true
            case .closed: return false
            case .nothing(let id): try await self.inbound.wait(id, isolation: isolation).check()
            }
        }
    }

    @usableFromInline
    enum OnTake {
        case taken
        case closed
        case nothing(BatchMailbox<MessageBatch>.WaitID)
    }

    /// Takes the next batch, if there is one, and releases the last one.
    ///
    /// - Throws: The error that ended the connection, if it was not closed.
    @usableFromInline
    func takeReady() throws -> OnTake {
        (self.batch, self.index, self.isConsuming) = (nil, 0, false)
        switch self.inbound.takeReady() {
        case .nothing(let id): return .nothing(id)
        case .next(let next):
            self.batch = try next.messages()
            self.isConsuming = self.batch != nil
            return self.isConsuming ? .taken : .closed
        }
    }
}
