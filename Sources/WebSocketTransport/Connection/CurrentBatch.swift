public import ConcurrencyPrimitives
public import WebSocketProtocol

/// The batch an iterator works on; what is left of it goes back when the iterator goes away.
@usableFromInline
final class CurrentBatch {
    /// Kept alive: who receives refers to the connection.
    private let connection: WebSocketConnection
    @usableFromInline let inbound: BatchMailbox<MessageBatch>
    private let deliversPieces: Bool
    // Unchecked: an iterator is not Sendable, so one task uses it; and a check for each message would cost more than the
    // message.
    /// Nil once all of it was given out: what nobody uses any more is freed while it is in the cache, and not held until
    /// the next batch comes.
    @exclusivity(unchecked) @usableFromInline var batch: MessageBatch?
    /// The first message that was not given out yet.
    @exclusivity(unchecked) @usableFromInline var index = 0
    /// Whether a batch was taken and is not done with, as its consumer has not come back.
    @exclusivity(unchecked) private var isConsuming = false

    init(connection: WebSocketConnection) {
        self.connection = connection
        // Apart from the connection, and looked up once: for each batch, both would be memory that is not in the cache.
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

    /// The next message of the batch at hand.
    @inlinable
    func nextMessage() -> WebSocketMessage? {
        let index = self.index
        guard let batch = self.batch, index < batch.count else { return nil }
        self.index = index &+ 1
        if self.index == batch.count { self.batch = nil }
        return batch.inbound.wholeMessage(at: index) ?? self.joinMessage(from: index, of: batch)
    }

    /// Joins pieces to a message, from `index` on.
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
            // Someone has taken the pieces before as such: what is left is not a message.
            guard unfinished != nil else { return nil }
            unfinished? += piece.bytes
            guard piece.isLast, let joined = unfinished.take() else { return nil }
            return piece.kind == .text ? WebSocketMessage(utf8Text: joined) : WebSocketMessage(binary: joined)
        }
    }

    // MARK: Batches

    /// All messages of the batch at hand; nil when it has only the beginning of one.
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
        // What others have joined of this message is not followed by the piece that they get next.
        if !(piece.isFirst && piece.isLast) { self.connection.unfinishedMessage?.withLock { $0 = nil } }
        return piece
    }

    // MARK: The next batch

    /// Waits until there is a batch at hand.
    ///
    /// As ``BatchMailbox/wait(_:isolation:)``, but compiled into the loop of whom receives: each async function between
    /// the two would be a frame of its own, and a look at which executor goes on, for each batch.
    ///
    /// - Parameter isolation: The caller's.
    /// - Returns: False when the connection was closed.
    /// - Throws: ``WebSocketError`` when it failed or another task receives; `CancellationError`.
    @inlinable
    @inline(__always)
    func refill(isolation: isolated (any Actor)?) async throws -> Bool {
        let inbound = self.inbound
        while true {
            switch try self.takeReady() {
            case .taken: return true
            case .closed: return false
            case .nothing(let id):
                let wake = await withTaskCancellationHandler {
                    // Named, so that this is on the caller's isolation too: else it would leave it and come back.
                    _ = isolation
                    return await withUnsafeContinuation { inbound.beginWait(id, $0) }
                } onCancel: {
                    inbound.cancelWait(id)
                }
                try wake.check()
            }
        }
    }

    @usableFromInline
    enum OnTake {
        case taken
        case closed
        case nothing(BatchMailbox<MessageBatch>.WaitID)
    }

    /// Takes the next batch, if there is one, and lets go of the last one.
    ///
    /// - Throws: How the connection ended, if it was not closed.
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

// What receiving waits with; not generic, so that it can be called from other modules as it was compiled here.
extension BatchMailbox where Batch == MessageBatch {
    @usableFromInline
    func beginWait(_ id: WaitID, _ continuation: UnsafeContinuation<Wake, Never>) {
        self.begin(id, continuation)
    }

    @usableFromInline
    func cancelWait(_ id: WaitID) { self.cancelWaiter(id) }
}
