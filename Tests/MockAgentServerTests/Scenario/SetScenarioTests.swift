import Testing
import WorkspaceProtocol

@testable import MockAgentServer

@Suite("Changing the scenario", .timeLimit(.minutes(1)))
struct SetScenarioTests {
    @Test("The next stream gets the first attempt of the new scenario; an open one keeps its steps")
    func streams() async throws {
        let first = Scenario([.waitForCommand(.ping), .send([.shell("old")])])
        var configuration = MockServerConfiguration()
        configuration.scenario = first
        try await withStream(configuration: configuration) { server, client in
            _ = try await client.events(2)
            try server.setScenario(Scenario(attempts: [[.send([.shell("new 0")])], [.send([.shell("new 1")])]]))
            for text in ["new 0", "new 1", "new 1"] {
                try await WebSocketClientPair.with(server) { other in
                    let events = try await other.events(3)
                    #expect(events.last?.content == .shellOutput(text))
                }
            }
            try await client.send(.ping)
            #expect(Set(try await client.events(2).map(\.content)) == [.pong, .shellOutput("old")])
        }
    }

    @Test("The agent, the processes and the faults change, too; a scenario that is not possible changes nothing")
    func rest() async throws {
        try await withMockServer { server in
            var scenario = Scenario()
            scenario.processes = [MockProcess("make", startError: "no make")]
            scenario.faults.answers = [AnswerFault("GET /api/v1/info", .failure(status: 500, message: "x"))]
            try server.setScenario(scenario)
            scenario.faults.answers = [AnswerFault("", .silence)]
            let error = #expect(throws: MockServerError.self) { try server.setScenario(scenario) }
            #expect(error?.path == "faults.answers[0]")
            #expect(try await RawHTTP.ask(server.port, "GET", "/api/v1/info").status == 500)
            let body = #"{"session_id":"s","command":"make"}"#
            let answer = try await RawHTTP.ask(server.port, "POST", "/api/v1/processes/start", body: body)
            #expect(answer.text == #"{"error":"no make"}"#)
        }
    }

    @Test("The shell and the processes keep what the scenario has sent")
    func rings() async throws {
        var configuration = MockServerConfiguration()
        configuration.hasShell = true
        let status = ProcessStatus(sessionID: "s", processID: "p", command: "make", status: .running)
        let output = ProcessOutput(sessionID: "s", processID: "p", stream: .standardOutput, data: "ok\n")
        var ended = status
        (ended.status, ended.exitCode) = (.exited, 0)
        let steps: [ScenarioStep] = [
            .send([.shell("$ "), .shell("make\r\n")]), .fragment(.shell("in pieces"), size: 3),
            .send([WorkspaceEvent(.processStatus(status)), WorkspaceEvent(.processOutput(output))]),
            .waitForCommand(.ping), .send([WorkspaceEvent(.processStatus(ended))]),
        ]
        try await withStream(steps, configuration: configuration) { server, client in
            _ = try await client.events(7)
            let buffer = try await RawHTTP.ask(server.port, "GET", "/api/v1/shell/buffer")
            #expect(buffer.text == #"{"data":"$ make\r\nin pieces"}"#)
            let path = "/api/v1/processes/p?include_output=true"
            let process = try await RawHTTP.ask(server.port, "GET", path)
            #expect(try MockJSON(parsing: process.body)["output"]?.elements?.first?["data"] == "ok\n")
            try await client.send(.ping)
            _ = try await client.events(2)
            #expect(try await RawHTTP.ask(server.port, "GET", path).status == 404)
        }
    }
}
