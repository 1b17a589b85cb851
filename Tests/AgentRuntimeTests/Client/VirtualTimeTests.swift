import MockAgentServer
import TestSupport
import Testing

@testable import AgentRuntime

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
            let settings = ClientSettings(
                endpoint: try RuntimeEndpoint(server.url, instanceID: "exec-1"),
                configuration: limited
            )
            let client = AgentRuntimeClient(
                endpoint: settings.endpoint,
                configuration: settings.configuration,
                transport: WebSocketRuntimeTransport(settings: settings),
                timers: ClockTimers(clock)
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
}
