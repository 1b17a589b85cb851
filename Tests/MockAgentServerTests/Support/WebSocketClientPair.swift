import MockAgentServer
import WebSocketTransport

/// A second client beside the first.
enum WebSocketClientPair {
    static func with(_ server: MockServer, _ body: (StreamClient) async throws -> Void) async throws {
        try await WebSocketClient.withConnection(to: server.streamURL) { try await body(StreamClient(connection: $0)) }
    }
}
