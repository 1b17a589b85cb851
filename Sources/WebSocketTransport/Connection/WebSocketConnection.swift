package import ConcurrencyPrimitives
public import NIOCore
public import WebSocketProtocol

/// An open WebSocket connection, of either role.
///
/// Any task may send, ping, close or abort at any time; one task at a time receives. A connection lives until it is
/// closed, aborted, or fails. If nothing refers to it any more, not even its ``messages``, it is aborted.
public final class WebSocketConnection: Sendable {
    let core: ConnectionCore

    /// The negotiated subprotocol, or nil.
    public let subprotocol: String?

    /// The pieces of the current message that consumers of whole messages have joined; nil if one of its pieces was
    /// taken elsewhere.
    ///
    /// Nil without ``ConnectionConfiguration/deliversPieces``, because there are no pieces then.
    let unfinishedMessage: Locked<[UInt8]?>?

    init(core: ConnectionCore) {
        self.core = core
        self.subprotocol = core.setup.subprotocol
        self.unfinishedMessage = core.configuration.deliversPieces ? Locked(nil) : nil
    }

    deinit { self.core.abort() }

    /// Identifies the connection in ``ConnectionEvent`` and in log lines; never used twice in a process.
    public var id: UInt64 { self.core.reporter.id }

    /// The messages of the peer, in order.
    ///
    /// Reading from the socket stops when ``ConnectionConfiguration/ReceiveQueue`` is full, and resumes when it has
    /// room. Pings are always answered, also if no task receives.
    public var messages: WebSocketMessages { WebSocketMessages(connection: self) }

    /// The peer's messages in batches, one per read; faster than ``messages`` for very many messages.
    public var batches: WebSocketBatches { WebSocketBatches(connection: self) }

    /// The peer's messages; a message that takes several reads is delivered in pieces.
    ///
    /// This needs ``ConnectionConfiguration/deliversPieces``; without it, each message is one piece. The elements are
    /// shared with ``messages``, so use only one of the two.
    public var pieces: WebSocketPieces { WebSocketPieces(connection: self) }

    var deliversPieces: Bool { self.core.configuration.deliversPieces }

    /// The negotiated compression, or nil.
    public var compression: NegotiatedDeflate? { self.core.deflate }

    /// The messages that were received and not yet taken.
    package var inbound: BatchMailbox<MessageBatch> { self.core.inbound }

    /// The event loop of the connection.
    public var eventLoop: any EventLoop { self.core.eventLoop }

    /// Runs tasks on the thread of the connection's ``eventLoop``, between its reads and writes.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(connection.executor) {
    ///     for try await batch in connection.batches { … }
    /// }
    /// ```
    ///
    /// No other thread is woken for a batch or a send, which saves several microseconds of processor time each. Use it
    /// for tasks that do little with each message. All messages that a task sends there go out in one write when the
    /// task next waits or ends.
    ///
    /// A task that computes for long there delays all connections of the event loop and their Pings. A task that blocks
    /// stops them. The event loop must outlive the task.
    public var executor: any TaskExecutor { self.core.executor }

    /// The round-trip time of the latest answered Ping, or nil before the first answer.
    public var latency: Duration? { self.core.latency }

    /// The number of bytes that the system has not yet taken.
    public var queuedSendBytes: Int { self.core.queuedBytes }

    /// The counters of the connection so far.
    public var statistics: ConnectionStatistics { self.core.statistics }

    /// How the connection ended, or nil while its socket is open.
    public var closure: WebSocketClosure? { self.core.closed.value }

    /// Sends a Ping (RFC 6455 §5.5.2), and waits for its Pong or for the Pong of a later Ping.
    ///
    /// While a Ping is still queued, later calls share it, so a peer that does not read makes nothing grow. Only the
    /// end of the connection limits the wait; cancel the task for a shorter limit.
    ///
    /// - Returns: The round-trip time, from the moment when the system took the Ping.
    /// - Throws: ``WebSocketError`` with `closed` if the connection ends first; `CancellationError`.
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

    /// Sends a Ping as a mark: if the peer answers in order, its Pong comes after the answers to all earlier messages.
    ///
    /// - Parameter answered: Called once, on the event loop, if the Pong comes, with the number of messages that were
    ///   received before the read with the Pong.
    package func mark(_ answered: @escaping @Sendable (Int) -> Void) {
        let answer = Promise<Result<Duration, any Error>>()
        answer.whenKnown { [core] outcome in
            if case .success = outcome { answered(core.received.total.messages) }
        }
        self.core.ping(answer, isMark: true)
    }

    /// Closes the connection: sends the queued messages and a Close frame, waits for the peer's, and ends the socket.
    ///
    /// ``ConnectionConfiguration/Closing`` limits the time; then the connection is aborted. You may call it again, or
    /// from several tasks: the first Close frame is used, and every call returns when the connection has ended.
    /// Cancelling the task does not shorten the wait.
    ///
    /// - Parameters:
    ///   - code: The code for the peer; a code that may not be sent is replaced by 1011.
    ///   - reason: The reason, for people; shortened to 123 bytes.
    /// - Returns: How the connection ended.
    @discardableResult
    public func close(_ code: CloseCode = .normalClosure, reason: String = "") async -> WebSocketClosure {
        self.core.beginClose(CloseFrame(code, reason: reason))
        return await self.core.closed.wait()
    }

    /// Aborts the connection: nothing more is sent, not even a Close frame.
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

    /// Resumes a task on another thread that waits for messages of this connection.
    ///
    /// On the event loop, it is resumed before the loop next waits, together with the others of the same turn.
    package func resume(_ waiter: UnsafeContinuation<MailboxWake, Never>) {
        self.core.executor.resume(waiter)
    }

    /// Aborts the connection after this time, if it has not ended: the last time limit of a teardown.
    package func abort(after delay: Duration) { self.core.abort(after: delay) }

    /// Does the same as ``waitUntilClosed()``, but also waits if the task is cancelled: for teardown.
    package func waitUntilClosedUncancelled() async -> WebSocketClosure { await self.core.closed.wait() }

    /// Sends bytes that are not one of our frames, for the faults of a mock server.
    package func sendRaw(_ bytes: [UInt8]) { self.core.sendRaw(bytes, areFrames: false) }

    /// Sends whole frames that were made elsewhere, many at once; has no effect after our Close frame.
    package func sendFrames(_ bytes: [UInt8]) { self.core.sendRaw(bytes, areFrames: true) }
}

// For servers of tests that misbehave.
extension WebSocketConnection {
    /// Stops reading the socket, so that not even a Ping or a Close frame is seen: for a mock server that stalls.
    ///
    /// Bytes that were already read are still delivered. It lasts until ``resumeReading()`` or the end of the
    /// connection.
    package func pauseReading() { self.setAutoRead(false) }

    /// Reads the socket again after ``pauseReading()``.
    package func resumeReading() { self.setAutoRead(true) }

    private func setAutoRead(_ isOn: Bool) {
        let core = self.core
        core.eventLoop.execute {
            // The option takes effect at once. A closed channel refuses it, which does no harm.
            try? core.handler.value?.context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
        }
    }
}
