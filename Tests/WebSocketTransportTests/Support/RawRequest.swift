import TestSupport

@testable import WebSocketTransport

/// A client's request for a WebSocket; fields can be replaced, added, or (with an empty value) omitted.
func rawRequest(_ start: String = "GET / HTTP/1.1", changing changes: [String: String] = [:]) -> [UInt8] {
    var fields = [
        "Host": "127.0.0.1", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]
    fields.merge(changes) { _, new in new }
    let lines = fields.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }
    return Array("\(start)\r\n\(lines.sorted().joined())\r\n".utf8)
}

extension WebSocketServerConfiguration {
    /// The default configuration with times for a test.
    static func test(_ change: (inout Self) -> Void = { _ in }) -> Self {
        var configuration = Self()
        configuration.connection = .test
        change(&configuration)
        return configuration
    }
}

/// Sends every message back until the connection ends.
let echoHandler: @Sendable (ServerRequest) async -> Void = { request in
    guard let connection = try? await request.accept() else { return }
    await echo(connection)
}

func echo(_ connection: WebSocketConnection) async {
    do {
        for try await message in connection.messages { try await connection.send(message) }
    } catch {}
}
