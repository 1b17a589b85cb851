import AgentRuntime
import Synchronization
import TestSupport
import WebSocketTransport

/// A server that sends `connected` once and then keeps every socket open, like the mock server of the first version.
final class HoldingServer: ScopedServer {
    private let server: WebSocketServer
    private let upgrades = Atomic(0)
    private let answers = Atomic(0)

    fileprivate init(_ server: WebSocketServer) { self.server = server }

    var upgradeCount: Int { self.upgrades.load(ordering: .acquiring) }
    var answerCount: Int { self.answers.load(ordering: .acquiring) }
    var connectionCount: Int { self.server.connectionCount }

    var endpoint: RuntimeEndpoint {
        get throws { try RuntimeEndpoint("ws://127.0.0.1:\(self.server.port)") }
    }

    /// Waits for a connection, then closes it like a server that is being stopped.
    func closeWhenOpen() async throws {
        try await eventually("a connection") { self.answerCount > 0 }
        await self.server.close()
    }

    func run() async {
        await self.server.run { request in
            // Counted before the answer, because a close can come while the opener still waits for its 101.
            self.upgrades.add(1, ordering: .acquiringAndReleasing)
            guard let connection = try? await request.accept() else { return }
            self.answers.add(1, ordering: .acquiringAndReleasing)
            try? await connection.send(text: #"{"type":"connected","timestamp":1}"#)
            // A server that does not read the client's messages would delay the answer to its Close frame.
            do { for try await _ in connection.messages {} } catch {}
            _ = try? await connection.waitUntilClosed()
        }
    }

    func stop() async { await self.server.close() }
}

/// Runs a holding server while `body` runs.
func withHoldingServer(_ body: (HoldingServer) async throws -> Void) async throws {
    let server = HoldingServer(try await WebSocketServer.bind())
    try await server.whileRunning { try await body(server) }
}
