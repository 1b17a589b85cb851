import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

/// Runs our servers on loopback while `body` runs, then shuts them down and waits for their end.
///
/// - Parameters:
///   - compressions: The compression of each server, in this order.
///   - handle: Handles a request to the server with this index; its errors are recorded.
///   - body: Uses the servers; it gets their ports.
func withOurServers(
    _ compressions: [PermessageDeflate?],
    _ handle: @escaping @Sendable (Int, ServerRequest) async throws -> Void,
    _ body: ([Int]) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var servers: [WebSocketServer] = []
        var failure: (any Error)?
        do {
            for (index, compression) in compressions.enumerated() {
                let server = try await ourServer(compression)
                servers.append(server)
                group.addTask {
                    await server.run { request in
                        do { try await handle(index, request) } catch { Issue.record(error) }
                    }
                }
            }
            try await body(servers.map(\.port))
        } catch { failure = error }
        for server in servers { await server.close() }
        try await group.waitForAll()
        if let failure { throw failure }
    }
}

private func ourServer(_ compression: PermessageDeflate?) async throws -> WebSocketServer {
    var configuration = WebSocketServerConfiguration()
    configuration.connection.keepalive = nil
    configuration.policy.subprotocols = ["v2", "v1"]
    configuration.compression = compression
    return try await WebSocketServer.bind(configuration)
}

/// Connects our client to a peer on loopback.
///
/// - Parameters:
///   - port: The peer's port.
///   - path: The path and the query.
///   - compression: The compression to offer.
///   - subprotocols: The subprotocols to offer.
func connectOurClient(
    to port: Int,
    _ path: String,
    _ compression: PermessageDeflate?,
    subprotocols: [String] = []
) async throws -> WebSocketConnection {
    var configuration = WebSocketClientConfiguration()
    configuration.connection.keepalive = nil
    configuration.compression = compression
    configuration.subprotocols = subprotocols
    let url = try WebSocketURL(host: "127.0.0.1", port: port, path: path)
    return try await WebSocketClient.connect(to: url, configuration: configuration)
}
