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

    init(core: ConnectionCore, subprotocol: String?) {
        self.core = core
        self.subprotocol = subprotocol
    }

    deinit { self.core.abort() }

    /// The messages of the peer, in order.
    ///
    /// Reading from the socket stops when ``ConnectionConfiguration/ReceiveQueue`` is full and resumes when it has
    /// room; Pings are answered whether anyone receives or not.
    public var messages: WebSocketMessages { WebSocketMessages(connection: self) }

    /// The batches behind ``messages``, for a consumer that handles a whole read at once.
    package var batches: BatchMailbox<InboundBatch> { self.core.inbound }

    /// The event loop that the connection lives on.
    public var eventLoop: any EventLoop { self.core.eventLoop }

    /// The round-trip time of the latest answered Ping, or nil before the first answer.
    public var latency: Duration? { self.core.latency }

    /// How many bytes wait to be taken by the system.
    public var queuedSendBytes: Int { self.core.queuedBytes }

    /// What the connection has counted so far.
    public var statistics: ConnectionStatistics { self.core.statistics }

    /// How the connection ended, or nil while its socket is open.
    public var closure: WebSocketClosure? { self.core.closed.value }

    /// Sends a message.
    ///
    /// Returns when the message is queued, in the order of the calls of a task; a burst leaves in one write. Waits
    /// while the send queue is full. Cancelling a wait throws and the message is not sent.
    ///
    /// - Parameter message: The message.
    /// - Throws: ``WebSocketError`` with `closed` or `sendTimedOut`, or what ended the connection: in each case the
    ///   message was not sent. `CancellationError`.
    public func send(_ message: WebSocketMessage) async throws { try await self.core.send(message) }

    /// Sends a message and waits until the system has taken it.
    ///
    /// Costs two hops between threads; use ``send(_:)`` where the order alone matters.
    ///
    /// - Parameter message: The message.
    /// - Throws: As ``send(_:)`` when the message was not sent; ``WebSocketError`` with `deliveryUnknown` when the
    ///   connection ended while it was on its way; `CancellationError` when it was not queued yet.
    public func sendAndConfirm(_ message: WebSocketMessage) async throws {
        try await self.queue(message).wait().get()
    }

    /// Queues a message; waits while the send queue is full.
    ///
    /// - Returns: Tells what becomes of the message: every receipt resolves, at the latest when the connection ends.
    package func queue(_ message: WebSocketMessage) async throws -> SendReceipt {
        let receipt = SendReceipt()
        try await self.core.send(message, receipt: receipt)
        return receipt
    }

    /// Sends a text message; see ``send(_:)``.
    ///
    /// - Parameter text: The text.
    /// - Throws: As ``send(_:)``.
    public func send(text: String) async throws { try await self.core.send(WebSocketMessage(text: text)) }

    /// Sends a binary message; see ``send(_:)``.
    ///
    /// - Parameter bytes: The payload.
    /// - Throws: As ``send(_:)``.
    public func send(binary bytes: [UInt8]) async throws { try await self.core.send(WebSocketMessage(binary: bytes)) }

    /// Sends a Ping (RFC 6455 §5.5.2) and waits for its Pong, or for that of a later Ping.
    ///
    /// - Returns: The round-trip time, counted from when the Ping was handed to the system.
    /// - Throws: ``WebSocketError`` with `closed` when the connection ends first; `CancellationError`.
    public func ping() async throws -> Duration {
        let answer = Outcome<Result<Duration, any Error>>()
        self.core.ping(answer)
        do {
            return try await answer.waitUnlessCancelled().get()
        } catch let error as CancellationError {
            self.core.forgetPing(answer)
            throw error
        }
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

    /// Cuts the connection after this time, if it is still there: the last bound of a teardown.
    package func abort(after delay: Duration) { self.core.abort(after: delay) }

    /// Waits like ``waitUntilClosed()``, also when the task is cancelled: for teardown.
    package func waitUntilClosedUncancelled() async -> WebSocketClosure { await self.core.closed.wait() }

    /// Puts bytes on the wire that are no frame of ours: for a mock server's faults.
    package func sendRaw(_ bytes: [UInt8]) { self.core.sendRaw(bytes) }
}
