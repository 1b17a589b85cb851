import WebSocketProtocol
import WebSocketTransport

/// Reaches a runtime over TCP.
struct WebSocketRuntimeTransport: RuntimeTransport {
    let url: WebSocketURL
    let configuration: WebSocketClientConfiguration

    func dial() throws -> any RuntimeDial {
        WebSocketDial(pending: try WebSocketClient.prepare(self.url, configuration: self.configuration))
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

    func nextBatch() async throws -> MessageBatch? { try await self.connection.inbound.nextMessages() }
    func queue(_ message: WebSocketMessage) async throws -> SendReceipt { try await self.connection.queue(message) }
    func close(_ code: CloseCode) async { await self.connection.close(code) }
    func abort(after delay: Duration) { self.connection.abort(after: delay) }
    func waitUntilClosed() async -> WebSocketClosure { await self.connection.waitUntilClosedUncancelled() }
}
