import Foundation
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@testable import MockAgentServer

@Suite("The command of the mock server", .timeLimit(.minutes(1)))
struct MockAgentServerCommandTests {
    /// The command, built in the same directory as the tests.
    private static var executable: URL {
        URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "mock-agent-server")
    }

    /// Runs the command, and gives its port to `body`.
    private static func run(_ arguments: [String], _ body: (Int) async throws -> Void) async throws {
        try #require(FileManager.default.isExecutableFile(atPath: self.executable.path))
        let program = try RunningProgram.start(self.executable, arguments)
        defer { program.end() }
        let line = try await program.line(0)
        let port = try #require(Int(line.split(separator: ":").last ?? ""), "\(line)")
        try await body(port)
    }

    @Test("It runs a control port with a nonce")
    func control() async throws {
        try await Self.run(["--control", "--nonce", "n1"]) { port in
            let handshake = try await RawHTTP.ask(port, "POST", "/auth/handshake", body: #"{"nonce":"n1"}"#)
            let token = try #require(try MockJSON(parsing: handshake.body)["token"]?.text)
            let headers = [("Authorization", "Bearer \(token)")]
            let body = #"{"id":"a","workspace_path":"/srv/ws"}"#
            let made = try await RawHTTP.ask(port, "POST", "/api/v1/instances", headers: headers, body: body)
            #expect(made.status == 201)
            let own = try #require(try MockJSON(parsing: made.body)["port"]?.integer)
            let refused = try await RawHTTP.ask(own, "GET", "/api/v1/status")
            let status = try await RawHTTP.ask(own, "GET", "/api/v1/status", headers: headers)
            #expect(refused.status == 401 && status.status == 200)
        }
    }

    @Test("It agrees to compression, and has a shell, only if asked", arguments: [true, false])
    func options(areGiven: Bool) async throws {
        try await Self.run(["--scenario", "idle"] + (areGiven ? ["--compression", "--shell"] : [])) { port in
            let shell = try await RawHTTP.ask(port, "GET", "/api/v1/shell/status")
            #expect(shell.text.contains(#""running":\#(areGiven)"#))
            try await WebSocketClient.withConnection(to: try WebSocketURL("ws://127.0.0.1:\(port)/bench/echo")) {
                #expect(($0.compression != nil) == areGiven)
            }
        }
    }

    @Test("It runs a scenario file with an agent")
    func scenario() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let example = folder.appending(path: "../../../MockServer/example-scenario.json").standardized.path
        try await Self.run(["--scenario", example]) { port in
            let url = try WebSocketURL("ws://127.0.0.1:\(port)/api/v1/agent/stream")
            try await WebSocketClient.withConnection(to: url) { connection in
                let client = AgentClient(connection: connection)
                try await client.begin(port: port)
                try await client.send("agent.prompt", ["text": "x"])
                let messages = try await client.messages { $0.kind == "permission_request" }
                #expect(messages.map(\.kind) == ["response agent.prompt", "message_chunk", "permission_request"])
            }
        }
    }
}
