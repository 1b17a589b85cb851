import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import MockAgentServer

@Suite("Deleted instances", .timeLimit(.minutes(1)))
struct GhostTests {
    private static func create(_ id: String, on control: MockControlPort) async throws -> Int {
        let answer = try await RawHTTP.ask(
            control.port,
            "POST",
            "/api/v1/instances",
            body: #"{"id":"\#(id)","workspace_path":"/srv/ws"}"#
        )
        return try MockJSON(parsing: answer.body)["port"]?.integer ?? 0
    }

    @Test("The streams live on as ghosts, the port refuses, and then it belongs to another instance")
    func ghosts() async throws {
        try await withMockControlPort { control in
            let port = try await Self.create("exec-1", on: control)
            let server = try #require(control.instance("exec-1"))
            let process = try await RawHTTP.ask(
                port,
                "POST",
                "/api/v1/processes/start",
                body: #"{"session_id":"s","command":"tail -f log"}"#
            )
            #expect(process.status == 200)
            try await WebSocketClient.withConnection(to: server.streamURL) { connection in
                let client = StreamClient(connection: connection)
                _ = try await client.events(2)
                let deleted = try await RawHTTP.ask(control.port, "DELETE", "/api/v1/instances/exec-1")
                #expect(deleted.text == #"{"message":"instance stopped successfully"}"#)
                let last = try await client.events(1)
                guard case .processStatus(let status) = last.first?.content else { return #expect(Bool(false)) }
                #expect(status.status == .failed && status.exitCode == -1)
                await #expect(throws: (any Error).self) { try await RawHTTP.ask(port, "GET", "/health") }

                let other = try await Self.create("exec-2", on: control)
                #expect(other == port)
                let health = try await RawHTTP.ask(port, "GET", "/health", headers: [("X-Instance-ID", "exec-1")])
                #expect(health.status == 404)
                #expect(health.text.contains(#""expected_id":"exec-2","got_id":"exec-1""#))
                #expect(health.text.contains(#""recycled_port":true"#))

                try await client.send(.ping)
                #expect(try await client.events(1).first?.type == .pong)
                _ = try await connection.ping()
                #expect(control.instance("exec-1") == nil && control.instanceIDs == ["exec-2"])
            }
        }
    }

    @Test("The agent stream of a deleted instance still answers; a prompt fails")
    func agent() async throws {
        try await withMockServer { server in
            try await AgentClient.with(server) { client in
                try await client.begin(server)
                await server.leaveGhosts()
                try await client.send("agent.stderr", id: "a")
                let lines = try await client.answer("a")
                #expect(lines?["payload"]?["lines"] == ["fake agent started"])
                try await client.send("agent.prompt", id: "b", ["text": "x"])
                let messages = try await client.messages { $0["id"] == "b" }
                #expect(messages.first?["error"] == "context canceled")
                #expect(messages.last?["payload"] == ["success": true])
            }
        }
    }

    @Test("Without a nonce there is no token, and the handshake always fails")
    func noNonce() async throws {
        try await withMockControlPort { control in
            let answer = try await RawHTTP.ask(control.port, "POST", "/auth/handshake", body: #"{"nonce":"x"}"#)
            #expect(answer.status == 403)
            let list = try await RawHTTP.ask(control.port, "GET", "/api/v1/instances")
            #expect(list.text == "[]")
        }
    }

    @Test("The scenario of a deleted instance sends nothing more")
    func scenario() async throws {
        let clock = ManualMockClock()
        var configuration = MockServerConfiguration()
        configuration.clock = clock
        configuration.scenario = Scenario([.wait(.seconds(1)), .send([.shell("never")])])
        try await withStream(configuration: configuration) { server, client in
            _ = try await client.events(2)
            await clock.waitForSleepers(1)
            await server.leaveGhosts()
            clock.advance(by: .seconds(1))
            try await client.send(.ping)
            #expect(try await client.events(1).first?.type == .pong)
        }
    }
}
