import ConcurrencyPrimitives
package import Logging
import WebSocketProtocol
import WebSocketTransport

/// Connects to a runtime by a WebSocket.
struct WebSocketRuntimeTransport: RuntimeTransport {
    let settings: ClientSettings

    func dial(_ target: StreamTarget) throws -> any RuntimeDial {
        let url = try target.url
        let endpoint = target.endpoint
        guard endpoint.credentials.mayChange else {
            return WebSocketDial(pending: try self.prepare(url, target, token: endpoint.credentials.fixedToken))
        }
        // Refuse invalid settings before the provider is asked.
        _ = try self.prepare(url, target, token: nil)
        // The closure of the user is asked first.
        return TaskDial {
            try await endpoint.credentials.withToken { token in
                let pending = try self.prepare(url, target, token: token)
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

    private func prepare(_ url: WebSocketURL, _ target: StreamTarget, token: String?) throws -> PendingWebSocket {
        try WebSocketClient.prepare(url, configuration: self.webSocketConfiguration(target, token: token))
    }

    /// Made for each dial and not kept, because it is large.
    private func webSocketConfiguration(
        _ target: StreamTarget,
        token: String?
    ) throws(AgentRuntimeError) -> WebSocketClientConfiguration {
        let configuration = self.settings.configuration
        var webSocket = WebSocketClientConfiguration()
        webSocket.connectTimeout = configuration.connectTimeout
        webSocket.userAgent = configuration.userAgent
        webSocket.fields = try target.endpoint.fields(token: token, with: configuration.fields)
        if !target.traceFields.isEmpty { webSocket.fields.append(trace: target.traceFields) }
        webSocket.tls = configuration.tls
        webSocket.proxy = configuration.proxy
        webSocket.handshakeLimits = configuration.handshakeLimits
        webSocket.connection = configuration.connection
        // Set only if it differs: otherwise the connection would copy the configuration and not share the client's.
        if webSocket.connection.closing.timeout != configuration.closeTimeout {
            webSocket.connection.closing.timeout = configuration.closeTimeout
        }
        webSocket.eventLoopGroup = configuration.eventLoopGroup
        webSocket.logger = configuration.logger.naming(workspace: target.endpoint.instanceID)
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

    var id: UInt64? { self.connection.id }

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

extension Logger {
    /// Adds the workspace to all lines, by the instance id that the user has given; without one, and if no debug lines are
    /// logged, it is the same logger.
    ///
    /// - Parameters:
    ///   - workspace: The instance id.
    ///   - generation: The number of the start of its runtime, if it is known.
    /// - Returns: The logger.
    package func naming(workspace: String?, generation: Int? = nil) -> Logger {
        guard self.logLevel <= .debug, workspace != nil || generation != nil else { return self }
        var logger = self
        if let workspace { logger[metadataKey: "workspace"] = "\(workspace)" }
        if let generation { logger[metadataKey: "generation"] = "\(generation)" }
        return logger
    }
}
