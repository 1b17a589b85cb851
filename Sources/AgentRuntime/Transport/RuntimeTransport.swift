package import ConcurrencyPrimitives
package import WebSocketProtocol
package import WebSocketTransport

/// Connects to a runtime.
///
/// Tests replace it by a scripted peer; all code above it is the production code.
package protocol RuntimeTransport: Sendable {
    /// Prepares a dial of one stream; nothing happens until it is told to connect.
    func dial(_ target: StreamTarget) throws -> any RuntimeDial
}

/// One attempt to connect.
package protocol RuntimeDial: Sendable {
    /// Connects; called only once.
    ///
    /// - Returns: An open connection. If it throws, nothing of the attempt is left.
    func connect() async throws -> any RuntimeConnection

    /// Makes `connect` end soon, before or after it is called; from any thread, any number of times.
    func cancel()
}

/// An open connection.
package protocol RuntimeConnection: Sendable {
    /// The number of the connection, as it is in the log; nil if it has none.
    var id: UInt64? { get }

    /// The latest round-trip time of the keepalive; nil if there is none.
    var latency: Duration? { get }

    /// Uncompressed bytes per compressed byte of the compressed messages received; nil if there were none.
    var compressionRatio: Double? { get }

    /// Whether none of its sockets and timers is left.
    var isClosed: Bool { get }

    /// The executor of the thread that reads and writes the socket; nil if there is none.
    var executor: (any TaskExecutor)? { get }

    /// Resumes a task on another thread soon, because there are events to take.
    func resume(_ waiter: UnsafeContinuation<MailboxWake, Never>)

    /// The received messages that were not taken yet; it ends with the connection.
    var inbound: BatchMailbox<MessageBatch> { get }

    /// Waits until a message can be queued; throws if none can be sent any more.
    func waitForRoom() async throws

    /// Queues a message after ``waitForRoom()``; never waits.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - receipt: Called once, at the latest when the connection ends. It must not wait.
    /// - Throws: An error if the message is not queued; then the receipt is not called.
    func queue(_ message: WebSocketMessage, receipt: @escaping SendReceipt) throws

    /// Sends a WebSocket Ping after all queued messages.
    ///
    /// - Parameter answered: Called once, if the Ping is answered, with the number of messages received before. It must
    ///   not wait.
    func mark(_ answered: @escaping @Sendable (Int) -> Void)

    /// Performs the closing handshake in bounded time.
    func close(_ code: CloseCode) async

    /// Aborts the connection after this time, if it has not ended.
    func abort(after delay: Duration)

    /// Waits until no socket and no timer is left; not cancellable, because a close or an abort bounds it.
    func waitUntilClosed() async -> WebSocketClosure
}

extension RuntimeConnection {
    package var id: UInt64? { nil }
    package var compressionRatio: Double? { nil }
    package var executor: (any TaskExecutor)? { nil }
    package func resume(_ waiter: UnsafeContinuation<MailboxWake, Never>) { waiter.resume(returning: .more) }
    package func mark(_ answered: @escaping @Sendable (Int) -> Void) {}
}
