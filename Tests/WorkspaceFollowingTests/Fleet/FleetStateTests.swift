import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

@Suite("The states of the workspaces of a fleet", .timeLimit(.minutes(2)))
struct FleetStateTests {
    @Test("Each workspace has its phase, what came, what waits, and why it is not live")
    func states() async throws {
        try await withMockServers(1) { servers in
            let fleet = try WorkspaceFleet(configuration: .quick)
            try fleet.follow("good", at: try servers[0].source)
            try fleet.follow("none", at: StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1")))
            try await servers[0].waitForConnections(1)
            let earlier = fleet.states[0]
            for _ in 0..<10 { servers[0].broadcast(Sent.shell("0123456789")) }
            try await eventually("all came") { fleet.states[0].statistics.events == 12 }
            try await eventually("it fails") { fleet.states[1].failedAttempts > 1 }
            let states = fleet.states
            #expect(states.map(\.workspace) == ["good", "none"])
            let good = states[0]
            #expect(good.connection == .live && good.trouble == nil && !good.isLeaving && !good.isPaused)
            #expect(good.statistics.bytes >= 100 && good.queuedElements >= 12 && good.queuedBytes > good.queuedElements)
            #expect(good.lastEvent != nil && good.lastFailure == nil && good.since > 1_700_000_000_000)
            var later = good
            later.at = earlier.at + 2000
            #expect(later.rates(since: earlier).events == Double(12 - earlier.statistics.events) / 2)
            #expect(good.rates(since: good).bytes == 0)
            let none = states[1]
            #expect(none.connection != .live && none.lastEvent == nil)
            #expect(none.lastFailure?.error?.code == .connectFailed)
            #expect(none.trouble?.contains("refused") == true, "\(none.trouble ?? "")")
            await fleet.close()
            #expect(fleet.states.isEmpty)
        }
    }

    @Test("Waiting for all of them ends when the last one is live, or says who is missing and why")
    func waits() async throws {
        try await withMockServers(3) { servers in
            try await withFleet { fleet, log in
                try await fleet.waitUntilAll(.live, timeout: .zero)
                for (number, server) in servers.enumerated() { try fleet.follow("w\(number)", at: try server.source) }
                try await fleet.waitUntilAll(.live, timeout: .seconds(20))
                #expect(fleet.states.allSatisfy { $0.connection == .live })
                try fleet.follow("none", at: StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1")))
                do {
                    try await fleet.waitUntilAll(.live, timeout: .milliseconds(100))
                    Issue.record("Nobody listens there.")
                } catch let error as AgentRuntimeError {
                    #expect(error.code == .timedOut && error.message.contains("none ("), "\(error)")
                    #expect((error.cause as? FleetMissing)?.states.map(\.workspace) == ["none"])
                }
                // Whoever leaves is not waited for.
                async let waiting: Void = fleet.waitUntilAll(.live, timeout: .seconds(20))
                await fleet.unfollow("none")
                try await waiting
                let cancelled = Task { try await fleet.waitUntilAll(.live, timeout: .seconds(100)) }
                try fleet.follow("other", at: StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1")))
                let late = Task { try await fleet.waitUntilAll(.live, timeout: .seconds(100)) }
                cancelled.cancel()
                late.cancel()
                await #expect(throws: CancellationError.self) { try await late.value }
                _ = await cancelled.result
            }
        }
    }

    @Test("If all that are missing have ended, it says so at once")
    func ended() async throws {
        var refusing = MockServerConfiguration.followed
        refusing.scenario = Scenario([.refuseUpgrade(status: 401)])
        try await withMockServers(1, refusing) { servers in
            try await withFleet { fleet, _ in
                try fleet.follow("bad", at: try servers[0].source)
                do {
                    try await withTimeout("the error") { try await fleet.waitUntilAll(.live, timeout: .seconds(1000)) }
                    Issue.record("It is refused.")
                } catch let error as AgentRuntimeError {
                    #expect(error.code == .unauthorized && error.message.contains("bad (gone"), "\(error)")
                }
            }
        }
    }
}
