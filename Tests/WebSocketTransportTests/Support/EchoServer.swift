import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

/// The handler of the echo servers in the tests; it records how each connection ended.
func echoing(_ closures: Recorder<WebSocketClosure> = Recorder()) -> @Sendable (ServerRequest) async -> Void {
    { request in
        guard let connection = try? await request.accept() else { return }
        do {
            for try await message in connection.messages { try await connection.send(message) }
        } catch {}
        if let closure = try? await connection.waitUntilClosed() { closures.append(closure) }
    }
}

/// Runs an echo server while `body` runs.
func withEchoServer(
    _ configuration: WebSocketServerConfiguration,
    _ closures: Recorder<WebSocketClosure> = Recorder(),
    _ body: (WebSocketServer) async throws -> Void
) async throws {
    let server = try await WebSocketServer.bind(configuration)
    try await withServer(server, echoing(closures)) { try await body(server) }
}

/// Sends a text, awaits its echo and closes; all of it must succeed, and the close must be clean.
func expectEcho(on connection: WebSocketConnection, _ text: String = "hello") async throws {
    try await connection.send(text: text)
    let echoes = try await withTimeout("the echo") { try await connection.texts(1) }
    #expect(echoes == [text])
    let closure = await connection.close(.normalClosure, reason: "done")
    #expect(closure.isClean, "\(closure)")
}
