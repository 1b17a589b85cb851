import AgentRuntime
import MockAgentServer
import TestSupport
import Testing

/// One clock drives the mock server and the client, over real sockets: hours pass without waiting.
@Suite("Virtual time for client and mock server", .timeLimit(.minutes(1)))
struct VirtualTimeTests {
    private static func withBoth(
        _ change: (inout MockServerConfiguration) -> Void,
        _ limits: (inout AgentRuntimeConfiguration) -> Void = { _ in },
        _ body: (AgentRuntimeClient, MockServer, ManualMockClock) async throws -> Void
    ) async throws {
        let clock = ManualMockClock()
        var configuration = MockServerConfiguration()
        configuration.clock = clock
        configuration.scenario = .idle
        change(&configuration)
        try await withMockServer(configuration) { server in
            var limited = AgentRuntimeConfiguration()
            limits(&limited)
            limited.clock = clock
            let client = try AgentRuntimeClient(
                endpoint: RuntimeEndpoint(server.url, instanceID: "exec-1"),
                configuration: limited
            )
            try await body(client, server, clock)
            // The limits of the close itself do not pass, and it does not need them.
            #expect(await client.close().isEmpty)
        }
    }

    @Test("A ping that the runtime ignores ends at its limit, of a day")
    func ignoredPing() async throws {
        try await Self.withBoth {
            $0.instanceID = "exec-1"
            $0.scenario.faults.ignoredPingCommands = 1
        } _: {
            $0.pingTimeout = .seconds(86_400)
            $0.commandTimeout = .seconds(864_000)
            $0.instanceCheck = nil
        } _: { client, server, clock in
            let stream = try await client.openWorkspaceStream()
            let ping = Task { try await stream.ping() }
            try await server.waitForCommands(1)
            let advancing = Task {
                while !Task.isCancelled {
                    clock.advance(by: .seconds(3600))
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            let error = await #expect(throws: AgentRuntimeError.self) { try await ping.value }
            advancing.cancel()
            _ = await advancing.result
            #expect(error?.code == .timedOut)
            #expect(clock.now.offset >= .seconds(86_400))
        }
    }

    @Test("A wait for a runtime that does not become ready ends at its limit, of a day")
    func neverReady() async throws {
        try await Self.withBoth {
            $0.instanceID = "exec-1"
        } _: { _ in
        } _: { client, server, clock in
            await server.leaveGhosts()
            let wait = Task {
                try await client.control.waitUntilReady(timeout: .seconds(86_400), interval: .seconds(600))
            }
            try await clock.advance { clock.now.offset < .seconds(86_400) }
            let error = await #expect(throws: AgentRuntimeError.self) { try await wait.value }
            #expect(error?.code == .timedOut)
        }
    }
}
