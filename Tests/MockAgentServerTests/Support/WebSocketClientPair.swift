import MockAgentServer
import WebSocketTransport

/// Opens a second client in addition to the first one.
enum WebSocketClientPair {
    static func with(_ server: MockServer, _ body: (StreamClient) async throws -> Void) async throws {
        try await WebSocketClient.withConnection(to: server.streamURL) { try await body(StreamClient(connection: $0)) }
    }
}
