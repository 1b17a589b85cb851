import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

/// Connects our client to a raw server, runs `body` with both ends, and checks that the connection has ended
/// completely.
///
/// - Parameters:
///   - configuration: The configuration of the connection.
///   - receiveBufferBytes: The size of the system's receive buffer of the raw end.
///   - firstBytes: Bytes that the raw end sends together with its 101.
///   - body: Uses the connection and the raw end; it may leave the connection in any state.
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

/// Ends the connection, if it has not ended, and waits for the end.
func expectNothingLeft(of connection: WebSocketConnection) async throws {
    connection.abort()
    let closure = try await withTimeout("end of the connection") { await connection.waitUntilClosedUncancelled() }
    _ = closure
    #expect(connection.closure != nil)
    await #expect(throws: (any Error).self) { try await connection.send(text: "after the end") }
}
