import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

/// Connects to a runtime by a WebSocket.
struct WebSocketRuntimeTransport: RuntimeTransport {
    let settings: ClientSettings

    func dial(_ target: StreamTarget) throws -> any RuntimeDial {
        let url = try target.url
        let endpoint = target.endpoint
        guard endpoint.credentials.mayChange else {
            return WebSocketDial(pending: try self.prepare(url, endpoint, token: endpoint.credentials.fixedToken))
        }
        // Refuse invalid settings before the provider is asked.
        _ = try self.prepare(url, endpoint, token: nil)
        // The closure of the user is asked first.
        return TaskDial {
            try await endpoint.credentials.withToken { token in
                let pending = try self.prepare(url, endpoint, token: token)
                return try await withTaskCancellationHandler {
                    do {
                        return WebSocketRuntimeConnection(connection: try await pending.connect())
                    } catch let error as WebSocketError {
                        // So that a 401 is seen as what it is.
                        throw AgentRuntimeError(dialling: error)
                    }
                } onCancel: {
                    pending.cancel()
                }
            }
        }
    }

    private func prepare(_ url: WebSocketURL, _ endpoint: RuntimeEndpoint, token: String?) throws -> PendingWebSocket {
        try WebSocketClient.prepare(url, configuration: self.webSocketConfiguration(endpoint, token: token))
    }

    /// Made for each dial and not kept, because it is large.
    private func webSocketConfiguration(
        _ endpoint: RuntimeEndpoint,
        token: String?
    ) throws(AgentRuntimeError) -> WebSocketClientConfiguration {
        let configuration = self.settings.configuration
        var webSocket = WebSocketClientConfiguration()
        webSocket.connectTimeout = configuration.connectTimeout
        webSocket.userAgent = configuration.userAgent
        webSocket.fields = try endpoint.fields(token: token, with: configuration.fields)
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

    func waitForRoom() async throws { try await self.connection.waitForRoom() }
    func queue(_ message: WebSocketMessage, receipt: @escaping SendReceipt) throws {
        try self.connection.queue(message, receipt: receipt)
    }
    func mark(_ answered: @escaping @Sendable (Int) -> Void) { self.connection.mark(answered) }
    func close(_ code: CloseCode) async { await self.connection.close(code) }
    func abort(after delay: Duration) { self.connection.abort(after: delay) }
    func waitUntilClosed() async -> WebSocketClosure { await self.connection.waitUntilClosedUncancelled() }
}
