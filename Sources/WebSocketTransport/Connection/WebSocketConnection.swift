package import ConcurrencyPrimitives
public import NIOCore
public import WebSocketProtocol

/// An open WebSocket connection, of either role.
///
/// Any task may send, ping, close or abort at any time; one task at a time receives. A connection lives until it is
/// closed, aborted, or fails; one that nobody refers to any more, not even by its ``messages``, is aborted.
public final class WebSocketConnection: Sendable {
    let core: ConnectionCore

    /// The subprotocol that was agreed on in the handshake, or nil.
    public let subprotocol: String?

    /// What consumers of whole messages have joined of the one whose pieces come now; nil when they don't have them all.
    ///
    /// There only with ``ConnectionConfiguration/deliversPieces``: nobody else gets pieces.
    let unfinishedMessage: Locked<[UInt8]?>?

    init(core: ConnectionCore) {
        self.core = core
        self.subprotocol = core.terms.subprotocol
        self.unfinishedMessage = core.configuration.deliversPieces ? Locked(nil) : nil
    }

    deinit { self.core.abort() }

    /// Names the connection in ``ConnectionEvent`` and in log lines; never used twice in a process.
    public var id: UInt64 { self.core.reporter.id }

    /// The messages of the peer, in order.
    ///
    /// Reading from the socket stops when ``ConnectionConfiguration/ReceiveQueue`` is full and resumes when it has
    /// room; Pings are answered whether anyone receives or not.
    public var messages: WebSocketMessages { WebSocketMessages(connection: self) }

    /// The messages of the peer, those of one read at a time: the same as ``messages``, for who receives very many.
    public var batches: WebSocketBatches { WebSocketBatches(connection: self) }

    /// The messages of the peer, those that take several reads piece by piece.
    ///
    /// With ``ConnectionConfiguration/deliversPieces``; else each message is one piece. Shares its elements with
    /// ``messages``: use one of the two.
    public var pieces: WebSocketPieces { WebSocketPieces(connection: self) }

    var deliversPieces: Bool { self.core.configuration.deliversPieces }

    /// How messages are compressed, or nil when that was not agreed on.
    public var compression: NegotiatedDeflate? { self.core.deflate }

    /// What was received and not taken yet.
    package var inbound: BatchMailbox<MessageBatch> { self.core.inbound }

    /// The event loop that the connection lives on.
    public var eventLoop: any EventLoop { self.core.eventLoop }

    /// Runs tasks on the thread of the connection's ``eventLoop``, between its reads and writes.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(connection.executor) {
    ///     for try await batch in connection.batches { … }
    /// }
    /// ```
    ///
    /// Saves waking another thread for each batch and each send, several microseconds of processor time: worth it for
    /// tasks that do little with each message. What a task sends there leaves in one write when the task next waits, or
    /// ends. A task that computes for long there holds up all connections of the event loop, their Pings included; one
    /// that blocks stops them. The event loop must outlive the task.
    public var executor: any TaskExecutor { self.core.executor }

    /// The round-trip time of the latest answered Ping, or nil before the first answer.
    public var latency: Duration? { self.core.latency }

    /// How many bytes wait to be taken by the system.
    public var queuedSendBytes: Int { self.core.queuedBytes }

    /// What the connection has counted so far.
    public var statistics: ConnectionStatistics { self.core.statistics }

    /// How the connection ended, or nil while its socket is open.
    public var closure: WebSocketClosure? { self.core.closed.value }

    /// Sends a Ping (RFC 6455 §5.5.2) and waits for its Pong, or for that of a later Ping.
    ///
    /// While a Ping is still queued, whoever pings shares it: a peer that does not read makes nothing grow. There is no
    /// limit in time but the connection's; cancel the task for another one.
    ///
    /// - Returns: The round-trip time, counted from when the Ping was handed to the system.
    /// - Throws: ``WebSocketError`` with `closed` when the connection ends first; `CancellationError`.
    public func ping() async throws -> Duration {
        let answer = Promise<Result<Duration, any Error>>()
        self.core.ping(answer)
        do {
            return try await answer.waitUnlessCancelled().get()
        } catch let error as CancellationError {
            self.core.forgetPing(answer)
            throw error
        }
    }

    /// Sends a Ping: a peer that answers in order has answered all that was sent before when its Pong comes.
    ///
    /// - Parameter answered: Called once, on the event loop, if the Pong comes, with the number of messages that were
    ///   received before the read that brought it.
    package func mark(_ answered: @escaping @Sendable (Int) -> Void) {
        let answer = Promise<Result<Duration, any Error>>()
        answer.whenKnown { [core] outcome in
            if case .success = outcome { answered(core.received.total.messages) }
        }
        self.core.ping(answer, isMark: true)
    }

    /// Closes: sends what is queued and a Close frame, waits for the peer's, ends the socket.
    ///
    /// Bounded by ``ConnectionConfiguration/Closing``, then the socket is cut. Calling it again, or from several
    /// tasks, is harmless: the first Close frame counts and every call returns when the connection has ended.
    /// Cancelling the task does not shorten the wait.
    ///
    /// - Parameters:
    ///   - code: What to tell the peer; a code that may not be sent is replaced by 1011.
    ///   - reason: For people; cut to 123 bytes.
    /// - Returns: How the connection ended.
    @discardableResult
    public func close(_ code: CloseCode = .normalClosure, reason: String = "") async -> WebSocketClosure {
        self.core.beginClose(CloseFrame(code, reason: reason))
        return await self.core.closed.wait()
    }

    /// Cuts the connection: nothing more is sent, not even a Close frame.
    ///
    /// Returns at once; see ``waitUntilClosed()``.
    public func abort() { self.core.abort() }

    /// Waits until the socket is closed and no timer of the connection is left.
    ///
    /// - Returns: How the connection ended.
    /// - Throws: `CancellationError`; the connection is not affected.
    public func waitUntilClosed() async throws(CancellationError) -> WebSocketClosure {
        try await self.core.closed.waitUnlessCancelled()
    }

    /// Tells a task that waits for what this connection has brought, and runs elsewhere, that there is something to take.
    ///
    /// On the event loop, before that next waits, together with the others of the same turn.
    package func resume(_ waiter: BatchMailbox<some Sendable>.Waiter) {
        self.core.executor.resume(waiter.continuation)
    }

    /// Cuts the connection after this time, if it is still there: the last bound of a teardown.
    package func abort(after delay: Duration) { self.core.abort(after: delay) }

    /// Waits like ``waitUntilClosed()``, also when the task is cancelled: for teardown.
    package func waitUntilClosedUncancelled() async -> WebSocketClosure { await self.core.closed.wait() }

    /// Puts bytes on the wire that are no frame of ours: for a mock server's faults.
    package func sendRaw(_ bytes: [UInt8]) { self.core.sendRaw(bytes, areFrames: false) }

    /// Puts whole frames on the wire that were made elsewhere, many at once; without effect after our Close frame.
    package func sendFrames(_ bytes: [UInt8]) { self.core.sendRaw(bytes, areFrames: true) }
}
