import AgentRuntime
import WebSocketProtocol
import WebSocketTransport

/// Reaches a runtime as the client itself does, and keeps the messages for `--format raw`.
struct TappedTransport: RuntimeTransport {
    let url: WebSocketURL
    let configuration: WebSocketClientConfiguration
    let frames: RawFrames

    /// - Parameters:
    ///   - endpoint: Where the runtime listens, and what it wants to be told.
    ///   - runtime: How to reach it.
    ///   - frames: Gets every message.
    init(_ endpoint: RuntimeEndpoint, _ runtime: AgentRuntimeConfiguration, frames: RawFrames) {
        var configuration = WebSocketClientConfiguration()
        configuration.connectTimeout = runtime.connectTimeout
        configuration.connection = runtime.connection
        configuration.connection.closing.timeout = runtime.closeTimeout
        configuration.eventLoopGroup = runtime.eventLoopGroup
        configuration.logger = runtime.logger
        if let token = endpoint.token { configuration.fields.append(name: "Authorization", value: "Bearer \(token)") }
        if let id = endpoint.instanceID { configuration.fields.append(name: "X-Instance-ID", value: id) }
        (self.url, self.configuration, self.frames) = (endpoint.url, configuration, frames)
    }

    func dial() throws -> any RuntimeDial {
        TappedDial(
            pending: try WebSocketClient.prepare(self.url, configuration: self.configuration),
            frames: self.frames
        )
    }
}

private struct TappedDial: RuntimeDial {
    let pending: PendingWebSocket
    let frames: RawFrames

    func connect() async throws -> any RuntimeConnection {
        TappedConnection(connection: try await self.pending.connect(), frames: self.frames)
    }

    func cancel() { self.pending.cancel() }
}

private struct TappedConnection: RuntimeConnection {
    let connection: WebSocketConnection
    let frames: RawFrames

    var latency: Duration? { self.connection.latency }
    var isClosed: Bool { self.connection.closure != nil }

    func nextBatch() async throws -> InboundBatch? {
        let batch = try await self.connection.batches.nextMessages()
        if let batch { self.frames.append(batch) }
        return batch
    }

    func send(_ message: WebSocketMessage) async throws { try await self.connection.send(message) }
    func close(_ code: CloseCode) async { await self.connection.close(code) }
    func abort(after delay: Duration) { self.connection.abort(after: delay) }
    func waitUntilClosed() async -> WebSocketClosure { await self.connection.waitUntilClosedUncancelled() }
}
