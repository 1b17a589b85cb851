import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

/// Connects to a runtime by a WebSocket.
struct WebSocketRuntimeTransport: RuntimeTransport {
    let settings: ClientSettings

    func dial(_ target: StreamTarget) throws -> any RuntimeDial {
        WebSocketDial(
            pending: try WebSocketClient.prepare(
                target.url,
                configuration: self.webSocketConfiguration(target.endpoint)
            )
        )
    }

    /// Made for each dial and not kept, because it is large.
    private func webSocketConfiguration(
        _ endpoint: RuntimeEndpoint
    ) throws(AgentRuntimeError) -> WebSocketClientConfiguration {
        let configuration = self.settings.configuration
        var webSocket = WebSocketClientConfiguration()
        webSocket.connectTimeout = configuration.connectTimeout
        webSocket.userAgent = configuration.userAgent
        webSocket.fields = try endpoint.fields(with: configuration.fields)
        webSocket.tls = configuration.tls
        webSocket.proxy = configuration.proxy
        webSocket.handshakeLimits = configuration.handshakeLimits
        webSocket.connection = configuration.connection
        // Set only if it differs: otherwise the connection would copy the configuration and not share the client's.
        if webSocket.connection.closing.timeout != configuration.closeTimeout {
            webSocket.connection.closing.timeout = configuration.closeTimeout
        }
        webSocket.eventLoopGroup = configuration.eventLoopGroup
        webSocket.logger = configuration.logger
        return webSocket
    }
}

private struct WebSocketDial: RuntimeDial {
    let pending: PendingWebSocket

    func connect() async throws -> any RuntimeConnection {
        WebSocketRuntimeConnection(connection: try await self.pending.connect())
    }

    func cancel() { self.pending.cancel() }
}

private struct WebSocketRuntimeConnection: RuntimeConnection {
    let connection: WebSocketConnection

    var latency: Duration? { self.connection.latency }

    var compressionRatio: Double? { self.connection.statistics.received.compressionRatio }

    var isClosed: Bool { self.connection.closure != nil }

    var executor: (any TaskExecutor)? { self.connection.executor }

    func resume(_ waiter: UnsafeContinuation<MailboxWake, Never>) { self.connection.resume(waiter) }

    var inbound: BatchMailbox<MessageBatch> { self.connection.inbound }

    func queue(_ message: WebSocketMessage) async throws -> SendReceipt { try await self.connection.queue(message) }
    func mark(_ answered: @escaping @Sendable (Int) -> Void) { self.connection.mark(answered) }
    func close(_ code: CloseCode) async { await self.connection.close(code) }
    func abort(after delay: Duration) { self.connection.abort(after: delay) }
    func waitUntilClosed() async -> WebSocketClosure { await self.connection.waitUntilClosedUncancelled() }
}
