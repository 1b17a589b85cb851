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

/// Connects our client to a port of this machine.
func connectClient(
    to port: Int,
    _ configuration: ConnectionConfiguration = .test,
    _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }
) async throws -> WebSocketConnection {
    var client = WebSocketClientConfiguration()
    client.connection = configuration
    change(&client)
    return try await WebSocketClient.connect(to: .local(port), configuration: client)
}

/// Ends the connection, unless it has ended, and waits for it.
func expectNothingLeft(of connection: WebSocketConnection) async throws {
    connection.abort()
    let closure = try await withTimeout("end of the connection") { await connection.waitUntilClosedUncancelled() }
    _ = closure
    #expect(connection.closure != nil)
    await #expect(throws: (any Error).self) { try await connection.send(text: "after the end") }
}

extension WebSocketURL {
    /// An address on this machine.
    static func local(_ port: Int, path: String = "/") throws -> WebSocketURL {
        try WebSocketURL(host: "127.0.0.1", port: port, path: path)
    }
}

extension ConnectionConfiguration {
    /// The default with times that suit a test: no keepalive, and no long wait for a peer to end TCP.
    static var test: ConnectionConfiguration {
        var configuration = ConnectionConfiguration()
        configuration.keepalive = nil
        configuration.closing.timeout = .seconds(10)
        configuration.closing.linger = .milliseconds(20)
        configuration.sendQueue.timeout = .seconds(10)
        return configuration
    }

    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

extension WebSocketConnection {
    /// Receives until the connection ends, or until `count` messages have come.
    func texts(_ count: Int = .max) async throws -> [String] {
        var texts: [String] = []
        guard count > 0 else { return texts }
        for try await message in self.messages {
            texts.append(message.text ?? "")
            if texts.count == count { break }
        }
        return texts
    }
}
