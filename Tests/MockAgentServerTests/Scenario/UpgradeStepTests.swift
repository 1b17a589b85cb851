import MockAgentServer
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Steps before the upgrade", .timeLimit(.minutes(1)))
struct UpgradeStepTests {
    @Test("An upgrade is refused with status, fields and body; the next attempt does something else")
    func refuse() async throws {
        var configuration = MockServerConfiguration()
        let refuse = ScenarioStep.refuseUpgrade(status: 503, fields: ["Retry-After": "1"], body: Array("busy".utf8))
        configuration.scenario = Scenario(attempts: [[refuse], []])
        try await withMockServer(configuration) { server in
            let first = try await refusal(on: server)
            #expect(first?.status == 503)
            #expect(first?.fields.first("Retry-After") == "1")
            #expect(first?.text == "busy")
            let second = try await refusal(on: server)
            #expect(second == nil)
            let third = try await refusal(on: server)
            #expect(third == nil)
            #expect(server.upgrades.map(\.attempt) == [0, 1, 2])
        }
    }

    @Test("An upgrade is dropped without an answer")
    func drop() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario([.dropUpgrade])
        try await withMockServer(configuration) { server in
            let error = await #expect(throws: WebSocketError.self) { try await refusal(on: server) }
            #expect(error?.code == .connectFailed)
        }
    }

    @Test("A held upgrade is seen before it is answered, and goes on when it is released")
    func hold() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario([.holdUpgrade(nil)])
        try await withMockServer(configuration) { server in
            async let connection = WebSocketClient.connect(to: server.streamURL)
            try await server.waitForUpgrades(1)
            #expect(server.connectionCount == 0)
            server.releaseUpgrades()
            try await server.waitForConnections(1)
            try await connection.close()
        }
    }

    @Test("An upgrade is held for a time")
    func delay() async throws {
        let clock = ManualClock()
        var configuration = MockServerConfiguration()
        configuration.clock = clock
        configuration.scenario = Scenario([.holdUpgrade(.seconds(3))])
        try await withMockServer(configuration) { server in
            async let connection = WebSocketClient.connect(to: server.streamURL)
            await clock.waitForSleepers(1)
            #expect(server.connectionCount == 0)
            clock.advance(by: .seconds(3))
            try await connection.close()
        }
    }
}
