import MockAgentServer
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("The mock server answers as agentctl did in the captures", .timeLimit(.minutes(1)))
struct CaptureReplayTests {
    private static let repositories = ["api", "web"].map { MockRepository(name: $0) }

    @Test("The control port")
    func controlPort() async throws {
        var configuration = MockControlConfiguration()
        configuration.nonce = "nonce-1"
        configuration.instance.agentCommand = "python3 /srv/fake_acp.py"
        try await withMockControlPort(configuration) { control in
            var replay = try await CaptureReplay(port: control.port, server: nil, clock: ManualMockClock())
            try await replay.play("control-port")
            #expect(control.instanceIDs.count == 2)
        }
    }

    @Test("An instance port: token, instance id, handshakes")
    func instancePort() async throws {
        var configuration = MockServerConfiguration()
        (configuration.token, configuration.instanceID) = ("token-1", "exec-1")
        configuration.agentCommand = "python3 /srv/fake_acp.py"
        try await Self.play("instance-port", configuration)
    }

    @Test("A session: shell, files, git, processes, poll mode")
    func session() async throws {
        var configuration = MockServerConfiguration()
        configuration.repositories = Self.repositories
        configuration.scenario.processes = [
            MockProcess(
                #"echo out1; echo err1 >&2; sleep 2; printf "no newline ü"; exit 3"#,
                steps: [
                    .output("out1\n"), .errorOutput("err1\n"), .wait(.seconds(2)), .output("no newline ü"), .exit(3),
                ]
            ),
            MockProcess(
                "true",
                workingDirectory: "/nonexistent",
                startError: "failed to start process: fork/exec /usr/bin/sh: no such file or directory"
            ),
            MockProcess("sleep 60", steps: [.wait(.seconds(60)), .exit(0)]),
        ]
        try await Self.play("session", configuration)
    }

    @Test("A process that can't be started, and one that ends at once")
    func processes() async throws {
        var configuration = MockServerConfiguration()
        let reason = "failed to start process: fork/exec /usr/bin/sh: no such file or directory"
        configuration.scenario.processes = [
            MockProcess("here", startError: reason), MockProcess("echo w", steps: [.output("w\n"), .exit(0)]),
        ]
        try await withStream(configuration: configuration) { server, client in
            _ = try await client.events(2)
            let path = "/api/v1/processes/start"
            let refused = try await RawHTTP.ask(
                server.port,
                "POST",
                path,
                body: #"{"session_id":"s","kind":"dev","command":"here","working_dir":"/nonexistent"}"#
            )
            #expect(refused.status == 400)
            #expect(refused.text == #"{"error":"\#(reason)"}"#)
            let started = try await RawHTTP.ask(
                server.port,
                "POST",
                path,
                body: #"{"session_id":"s","kind":"weird","command":"echo w"}"#
            )
            #expect(started.status == 200)
            let events = try await client.events(6)
            let states = events.map(Self.state)
            #expect(states == ["starting -", "failed -", "starting -", "running -", "w\n", "exited 0"])
        }
    }

    /// The state and the exit code of a process, or its output.
    private static func state(_ event: WorkspaceEvent) -> String {
        switch event.content {
        case .processStatus(let status):
            let code = status.exitCode.map { String($0) } ?? "-"
            return "\(status.status.rawValue) \(code)"
        case .processOutput(let output): return output.data
        default: return event.type.rawValue
        }
    }

    @Test("Terminals, git and the rest")
    func terminals() async throws {
        var configuration = MockServerConfiguration()
        configuration.repositories = Self.repositories
        try await Self.play("terminals", configuration)
    }

    @Test("The agent stream")
    func agentStream() async throws {
        var configuration = MockServerConfiguration()
        configuration.instanceID = "exec-A"
        configuration.agentCommand = ""
        try await Self.play("agent-stream", configuration, withAgentStream: true)
    }

    private static func play(
        _ fixture: String,
        _ configuration: MockServerConfiguration,
        withAgentStream: Bool = false
    ) async throws {
        var configuration = configuration
        let clock = ManualMockClock()
        configuration.clock = clock
        try await withMockServer(configuration) { server in
            guard withAgentStream else {
                var replay = try await CaptureReplay(port: server.port, server: server, clock: clock)
                return try await replay.play(fixture)
            }
            let url = try WebSocketURL("\(server.url)/api/v1/agent/stream")
            try await WebSocketClient.withConnection(to: url) { connection in
                var replay = try await CaptureReplay(
                    port: server.port,
                    server: server,
                    clock: clock,
                    stream: StreamClient(connection: connection)
                )
                try await replay.play(fixture)
            }
        }
    }
}
