import AgentRuntime
import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

/// A runtime without a network: the test controls each dial and its connection.
final class ScriptedTransport: RuntimeTransport {
    private let made = Locked<[ScriptedDial]>([])

    /// The dials so far.
    var dials: [ScriptedDial] { self.made.withLock { $0 } }

    func dial(_ target: StreamTarget) throws -> any RuntimeDial {
        let dial = ScriptedDial(target)
        self.made.withLock { $0.append(dial) }
        return dial
    }
}

/// A dial that waits for the test.
final class ScriptedDial: RuntimeDial {
    let target: StreamTarget
    private let result = Promise<Result<ScriptedConnection, any Error>>()
    private let started = Promise<Void>()
    private let cancelled = Promise<Void>()
    private let ignoresCancel = Locked(false)

    init(_ target: StreamTarget) { self.target = target }

    /// Whether the client has told the dial to end.
    var isCancelled: Bool { self.cancelled.value != nil }
    var isStarted: Bool { self.started.value != nil }

    /// Lets the dial succeed although it is told to end.
    func ignoreCancel() { self.ignoresCancel.withLock { $0 = true } }

    func connect() async throws -> any RuntimeConnection {
        self.started.resolve(())
        return try await withTaskCancellationHandler {
            try await self.result.wait().get()
        } onCancel: {
            self.cancel()
        }
    }

    func cancel() {
        self.cancelled.resolve(())
        if !self.ignoresCancel.withLock({ $0 }) { self.result.resolve(.failure(CancellationError())) }
    }

    @discardableResult
    func succeed() -> ScriptedConnection {
        let connection = ScriptedConnection()
        self.result.resolve(.success(connection))
        return connection
    }

    func fail(_ error: any Error) { self.result.resolve(.failure(error)) }
}

/// A connection whose peer is the test.
final class ScriptedConnection: RuntimeConnection {
    private struct State {
        var sent: [String] = []
        var sendError: (any Error)?
        var aborts: [Duration] = []
        var closeCodes: [CloseCode] = []
        var answersClose = true
        var holdsWrites = false
        var ignoresAbort = false
        var receipts: [SendReceipt] = []
        var marks: [@Sendable (Int) -> Void] = []
        /// The writer waits for this while the queue is held.
        var room: Promise<Void>?
        var isQueueHeld = false
        /// After our closing handshake, `close` waits for this while a test holds it.
        var closeReturns: Promise<Void>?
    }

    let inbound = BatchMailbox<MessageBatch>(
        highMark: .init(bytes: 1 << 30, elements: 1 << 30),
        lowShare: 0.5,
        onRoom: {}
    )
    private let closed = Promise<WebSocketClosure>()
    private let state = Locked(State())

    var latency: Duration? { nil }
    var sent: [String] { self.state.withLock { $0.sent } }
    var aborts: [Duration] { self.state.withLock { $0.aborts } }
    var closeCodes: [CloseCode] { self.state.withLock { $0.closeCodes } }
    var isClosed: Bool { self.closed.value != nil }

    // MARK: Actions of the client

    func mark(_ answered: @escaping @Sendable (Int) -> Void) { self.state.withLock { $0.marks.append(answered) } }

    func waitForRoom() async throws {
        let room = self.state.withLock { state in
            state.isQueueHeld = state.room != nil
            return state.room
        }
        await room?.wait()
    }

    func queue(_ message: WebSocketMessage, receipt: @escaping SendReceipt) throws {
        let holds = try self.state.withLock { state in
            if let error = state.sendError { throw error }
            state.sent.append(message.text ?? "")
            if state.holdsWrites { state.receipts.append(receipt) }
            return state.holdsWrites
        }
        if !holds { receipt(.success(())) }
    }

    func close(_ code: CloseCode) async {
        let answers = self.state.withLock { state in
            state.closeCodes.append(code)
            return state.answersClose
        }
        if answers { self.end(sent: CloseFrame(code), received: CloseFrame(code)) }
        _ = await self.closed.wait()
        await self.state.withLock { $0.closeReturns }?.wait()
    }

    func abort(after delay: Duration) {
        self.state.withLock { $0.aborts.append(delay) }
        if delay == .zero, !self.state.withLock({ $0.ignoresAbort }) { self.end(cause: .aborted) }
    }

    func waitUntilClosed() async -> WebSocketClosure { await self.closed.wait() }

    // MARK: Actions of the peer

    /// Delivers text messages from the peer, all in one read.
    func deliver(_ texts: String...) { self.deliver(texts) }

    func deliver(_ texts: [String]) {
        var writer = FrameWriter(role: .server)
        var reader = MessageReader(role: .client)
        var batch = InboundBatch()
        let bytes = texts.flatMap { writer.frame(.text, payload: Array($0.utf8)) }
        bytes.withUnsafeBytes { reader.receive($0, into: &batch) }
        self.inbound.push(MessageBatch(batch), cost: .init(bytes: batch.byteCount, elements: batch.count))
    }

    /// Answers all WebSocket Pings so far.
    ///
    /// - Parameter messages: The number of messages that the peer had sent before.
    /// - Returns: The number of Pings.
    @discardableResult
    func answerMarks(after messages: Int) -> Int {
        let marks = self.state.withLock { state in
            defer { state.marks = [] }
            return state.marks
        }
        for mark in marks { mark(messages) }
        return marks.count
    }

    /// There is no room for messages from now on.
    func holdQueue() { self.state.withLock { $0.room = Promise() } }

    /// Whether the writer waits for room.
    var isQueueHeld: Bool { self.state.withLock { $0.isQueueHeld } }

    /// From now on there is room again.
    func releaseQueue() { self.state.withLock { $0.room.take() }?.resolve(()) }

    /// Lets the peer ignore our Close frame.
    func ignoreClose() { self.state.withLock { $0.answersClose = false } }

    /// Makes `close` not return until ``releaseClose()``.
    func holdClose() { self.state.withLock { $0.closeReturns = Promise() } }

    /// Lets `close` return.
    func releaseClose() { self.state.withLock { $0.closeReturns }?.resolve(()) }

    /// Lets the connection stay open in any case, as if something held it.
    func ignoreAbort() { self.state.withLock { ($0.ignoresAbort, $0.answersClose) = (true, false) } }

    /// From now on the system takes no bytes.
    func holdWrites() { self.state.withLock { $0.holdsWrites = true } }

    /// From now on every send fails.
    func failSends() { self.state.withLock { $0.sendError = ScriptedError.sendFailed } }

    /// From now on sends fail as after a Close frame.
    func refuseSends() { self.state.withLock { $0.sendError = WebSocketError(.closed, "closing") } }

    /// Ends the connection.
    func end(cause: WebSocketClosure.Cause = .closingHandshake, sent: CloseFrame? = nil, received: CloseFrame? = nil) {
        let closure = WebSocketClosure(cause: cause, sent: sent, received: received)
        self.inbound.finish(closure.error)
        let receipts = self.state.withLock { $0.receipts }
        for receipt in receipts { receipt(.failure(WebSocketError(.deliveryUnknown, "ended"))) }
        self.closed.resolve(closure)
    }
}

enum ScriptedError: Error { case sendFailed, dialFailed }
