import MockAgentServer
import TestSupport
import Testing

@Suite(
    "The mock server against the client of Python's websockets",
    .enabled(if: PythonPrograms.areAvailable, "run scripts/python-env"),
    .timeLimit(.minutes(1))
)
struct PythonAttachTests {
    @Test("It attaches, is answered, is refused with the right statuses, and closes cleanly")
    func attach() async throws {
        var configuration = MockServerConfiguration()
        (configuration.token, configuration.instanceID) = ("secret", "one")
        configuration.repositories = ["web", "api"].map { MockRepository(name: $0) }
        (configuration.scenario, configuration.hasShell) = (.idle, true)
        try await withMockServer(configuration) { server in
            let client = try PythonPrograms.start("attach.py", ["\(server.port)"])
            defer { client.end() }
            try await client.waitForEnd()
            try await server.waitForConnections(0)
        }
    }
}
