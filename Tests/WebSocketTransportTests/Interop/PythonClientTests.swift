import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite(
    "Our server against the client of Python's websockets",
    .enabled(if: PythonPrograms.areAvailable, "run scripts/python-env"),
    .timeLimit(.minutes(1))
)
struct PythonClientTests {
    @Test(
        "The client is content",
        arguments: [
            "text", "binary", "fragments", "many", "ping", "subprotocol", "close", "server_closes", "refused",
        ]
    )
    func scenario(name: String) async throws {
        var configuration = WebSocketServerConfiguration()
        configuration.connection = .test
        configuration.policy.subprotocols = ["v2", "v1"]
        let server = try await WebSocketServer.bind(configuration)
        try await withServer(server, Self.handle) {
            let client = try PythonPrograms.start("client.py", ["\(server.port)", name])
            defer { client.end() }
            try await client.waitForEnd()
            try await eventually("end of the connection") { server.connectionCount == 0 }
        }
    }

    private static let handle: @Sendable (ServerRequest) async -> Void = { request in
        guard request.head.target != "/nothing" else {
            try? request.respond(status: 404, body: Array(#"{"error":"not found"}"#.utf8))
            return
        }
        guard let connection = try? await request.accept() else { return }
        guard request.head.target != "/close" else {
            await connection.close(CloseCode(rawValue: 4002), reason: "server")
            return
        }
        do {
            for try await message in connection.messages { try await connection.send(message) }
        } catch {
            Issue.record(error)
        }
    }
}
