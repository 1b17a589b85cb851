public import WebSocketProtocol

/// The batch an iterator works on; what is left of it goes back when the iterator goes away.
@usableFromInline
final class CurrentBatch {
    @usableFromInline
    struct Progress {
        @usableFromInline var batch = InboundBatch()
        /// The first message that was not given out yet.
        @usableFromInline var index = 0
    }

    private let connection: WebSocketConnection
    /// Behind a pointer: accesses to a `var` of a class are checked at run time, each of them, for each message.
    @usableFromInline let progress: UnsafeMutablePointer<Progress>

    init(connection: WebSocketConnection) {
        self.connection = connection
        self.progress = .allocate(capacity: 1)
        self.progress.initialize(to: Progress())
    }

    deinit {
        let progress = self.progress.move()
        self.progress.deallocate()
        guard progress.batch.count > 0 else { return }
        guard progress.index < progress.batch.count else { return self.connection.inbound.stopConsuming() }
        var rest = progress.batch
        rest.removeFirst(progress.index)
        self.connection.inbound.stopConsuming(
            givingBack: (rest, .init(bytes: rest.byteCount, elements: rest.count))
        )
    }

    // MARK: Messages

    /// The next message of the batch at hand.
    @inlinable
    func nextMessage() -> WebSocketMessage? {
        let index = self.progress.pointee.index
        guard index < self.progress.pointee.batch.count else { return nil }
        self.progress.pointee.index = index &+ 1
        return self.progress.pointee.batch.wholeMessage(at: index) ?? self.joinMessage(from: index)
    }

    /// Joins pieces to a message, from `index` on.
    @usableFromInline
    func joinMessage(from index: Int) -> WebSocketMessage? {
        for index in index..<self.progress.pointee.batch.count {
            self.progress.pointee.index = index + 1
            let batch = self.progress.pointee.batch
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

    func nextBatch() async throws -> MessageBatch? {
        while try await self.refill() {
            let batch = self.takeWholeMessages()
            if batch.count > 0 { return MessageBatch(batch) }
        }
        return nil
    }

    private func takeWholeMessages() -> InboundBatch {
        guard self.connection.deliversPieces else {
            let batch = self.progress.pointee.batch
            self.progress.pointee.index = batch.count
            return batch
        }
        var messages: [WebSocketMessage] = []
        while let message = self.nextMessage() { messages.append(message) }
        return InboundBatch(copying: messages)
    }

    // MARK: Pieces

    @usableFromInline
    func nextPiece() -> MessagePiece? {
        let index = self.progress.pointee.index
        guard index < self.progress.pointee.batch.count else { return nil }
        self.progress.pointee.index = index + 1
        let piece = self.progress.pointee.batch.piece(at: index)
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
        case nothing(BatchMailbox<InboundBatch>.WaitID)
    }

    /// A function of its own, so that the batch has no place in the frame of a task that waits.
    @inline(never)
    private func takeReady() throws -> OnTake {
        // What was given out does not wait for what comes next with its memory.
        self.progress.pointee = Progress()
        switch self.connection.inbound.takeReady() {
        case .nothing(let id): return .nothing(id)
        case .next(let next):
            guard let batch = try next.messages() else { return .closed }
            self.progress.pointee.batch = batch
            return .taken
        }
    }
}
