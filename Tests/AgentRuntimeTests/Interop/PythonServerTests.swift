import AgentRuntime
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite(
    "A workspace stream from a server of Python's websockets",
    .enabled(if: PythonPrograms.areAvailable, "run scripts/python-env"),
    .timeLimit(.minutes(1))
)
struct PythonServerTests {
    @Test("Every event arrives, commands are answered, and the server's close is the reason of the end")
    func follow() async throws {
        let server = try PythonPrograms.start("agentctl.py")
        defer { server.end() }
        let url = "ws://127.0.0.1:\(try await server.line(0))"
        let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(url, token: "secret"))
        let stream = try await client.openWorkspaceStream()
        var events: [WorkspaceEvent] = []
        for try await event in stream.events {
            events.append(event)
            if case .malformed = event.content { try await stream.sendShellInput("ls\r") }
        }
        let expected = ["connected", "git_status", "shell_output", "malformed", "shell_output"]
        #expect(events.map(\.type.rawValue) == expected)
        guard case .shellOutput(let large) = events[2].content, case .shellOutput(let echo) = events[4].content else {
            Issue.record("the shell output is missing")
            return
        }
        #expect(large.utf8.count == 6_000_000)
        #expect(echo == "ls\r")
        let end = try await stream.waitUntilDrained()
        guard case .closedByServer(let closure) = end.reason else {
            Issue.record("ended as \(end)")
            return
        }
        #expect(closure.received == CloseFrame(.goingAway, reason: "bye"))
        await client.close()
        #expect(client.tasks.isEmpty)
    }
}
