package import ConcurrencyPrimitives
package import WebSocketProtocol
package import WebSocketTransport

/// How the client reaches a runtime: the seam between the barrier and the network.
///
/// Tests put a scripted peer here; everything above it is the production code.
package protocol RuntimeTransport: Sendable {
    /// Prepares a dial of one stream; nothing happens until it is told to connect.
    func dial(_ target: StreamTarget) throws -> any RuntimeDial
}

/// One attempt to connect.
package protocol RuntimeDial: Sendable {
    /// Connects. Called once.
    ///
    /// - Returns: An open connection. When it throws, nothing of the attempt is left.
    func connect() async throws -> any RuntimeConnection

    /// Makes `connect` end soon, whether it was called already or not; from any thread, any number of times.
    func cancel()
}

/// An open connection.
package protocol RuntimeConnection: Sendable {
    /// The latest round-trip time of the keepalive, or nil.
    var latency: Duration? { get }

    /// How many bytes one byte of the compressed messages received stands for; nil when there were none.
    var compressionRatio: Double? { get }

    /// Whether no socket and no timer of it is left.
    var isClosed: Bool { get }

    /// Where a task is nearest to the socket, or nil for anywhere.
    var executor: (any TaskExecutor)? { get }

    /// Tells a task on another thread that there are events to take, soon.
    func resume(_ waiter: UnsafeContinuation<MailboxWake, Never>)

    /// What was received and not taken yet; ends as the connection does.
    var inbound: BatchMailbox<MessageBatch> { get }

    /// Queues a message; waits while the send queue is full.
    ///
    /// - Returns: Tells what becomes of the message; it resolves at the latest when the connection ends.
    func queue(_ message: WebSocketMessage) async throws -> SendReceipt

    /// Sends a WebSocket Ping behind all that is queued.
    ///
    /// - Parameter answered: Called once, if it is answered, with the number of messages received before; must not wait.
    func mark(_ answered: @escaping @Sendable (Int) -> Void)

    /// Performs the closing handshake in bounded time.
    func close(_ code: CloseCode) async

    /// Cuts the connection after this time, if it is still there.
    func abort(after delay: Duration)

    /// Waits until no socket and no timer is left; not cancellable, as it is bounded by a close or an abort.
    func waitUntilClosed() async -> WebSocketClosure
}

extension RuntimeConnection {
    package var compressionRatio: Double? { nil }
    package var executor: (any TaskExecutor)? { nil }
    package func resume(_ waiter: UnsafeContinuation<MailboxWake, Never>) { waiter.resume(returning: .more) }
    package func mark(_ answered: @escaping @Sendable (Int) -> Void) {}
}
