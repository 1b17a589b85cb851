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
    /// The pieces so far of a message that is to be given whole; kept in the connection when the iterator goes away.
    private var joined: [UInt8] = []

    init(connection: WebSocketConnection) {
        self.connection = connection
        self.progress = .allocate(capacity: 1)
        self.progress.initialize(to: Progress())
    }

    deinit {
        let progress = self.progress.move()
        self.progress.deallocate()
        if !self.joined.isEmpty { self.connection.unfinishedMessage.withLock { $0 = self.joined } }
        guard progress.batch.count > 0 else { return }
        if progress.index < progress.batch.count {
            var rest = progress.batch
            rest.removeFirst(progress.index)
            self.connection.inbound.giveBack(rest, cost: .init(bytes: rest.byteCount, elements: rest.count))
        }
        self.connection.inbound.stoppedConsuming()
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
        return self.progress.pointee.batch.piece(at: index)
    }

    @usableFromInline
    func refillPiece() async throws -> MessagePiece? {
        guard try await self.refill() else { return nil }
        return self.nextPiece()
    }

    /// - Returns: False when the connection was closed.
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
