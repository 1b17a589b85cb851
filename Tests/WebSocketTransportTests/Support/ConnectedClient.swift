import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

/// Connects our client to a raw server, runs `body` with both ends, and checks that nothing of the connection is left.
///
/// - Parameters:
///   - configuration: Of the connection.
///   - receiveBufferBytes: The system's receive buffer of the raw end.
///   - firstBytes: Sent by the raw end in one piece with its 101.
///   - body: Uses the connection and the raw end; may leave the connection in any state.
func withConnectedClient(
    _ configuration: ConnectionConfiguration = .test,
    receiveBufferBytes: Int? = nil,
    firstBytes: [UInt8] = [],
    _ body: (WebSocketConnection, RawPeer) async throws -> Void
) async throws {
    let server = try await RawServer.start(receiveBufferBytes: receiveBufferBytes)
    weak var core: ConnectionCore?
    do {
        async let connecting = connectClient(to: server.port, configuration)
        let peer = try await server.peer()
        try await peer.send(peer.acceptance() + firstBytes)
        let connection = try await connecting
        core = connection.core
        try await body(connection, peer)
        try await expectNothingLeft(of: connection)
    } catch {
        await server.close()
        throw error
    }
    try await eventually("release of the connection's core") { core == nil }
    await server.close()
}

/// Ends the connection, unless it has ended, and waits for it.
func expectNothingLeft(of connection: WebSocketConnection) async throws {
    connection.abort()
    let closure = try await withTimeout("end of the connection") { await connection.waitUntilClosedUncancelled() }
    _ = closure
    #expect(connection.closure != nil)
    await #expect(throws: (any Error).self) { try await connection.send(text: "after the end") }
}
