import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

@Suite("A close of a follower over real sockets", .timeLimit(.minutes(1)))
struct FollowerCloseTests {
    /// The state in which the follower is closed.
    enum Moment: CaseIterable { case backOff, dial, recovery, delivery, live }

    @Test("It returns soon in every state, and nothing is left", arguments: Moment.allCases)
    func close(in moment: Moment) async throws {
        try await withMockServer(.followed) { server in
            server.broadcast(Sent.status(head: "c0"))
            var configuration = FollowerConfiguration.quick
            configuration.recovery.timeout = .seconds(60)
            configuration.reconnect.firstRetry = .seconds(moment == .backOff ? 60 : 0)
            configuration.queue.maximumEvents = 16
            let source = StaticEndpointSource(try server.endpoint)
            let follower = try WorkspaceFollower(of: source, configuration: configuration)
            follower.start()
            try await self.reach(moment, follower, server)
            let start = ContinuousClock.now
            let left = await follower.close()
            #expect(left == [])
            #expect(ContinuousClock.now - start < .seconds(2))
            #expect(follower.end == .closed)
            #expect(follower.work == [])
            server.releaseUpgrades()
            try await withTimeout("no socket is left") { try await server.waitForSockets(0) }
        }
    }

    private func reach(_ moment: Moment, _ follower: WorkspaceFollower, _ server: MockServer) async throws {
        try await eventually("it is live") { follower.stream != nil }
        try await server.waitForConnections(1)
        let work: FollowerWork
        switch moment {
        case .live: return
        case .delivery:
            // Nobody takes the elements, so the follower stops reading.
            for number in 0..<200 { server.broadcast(Sent.shell("\(number)")) }
            return try await eventually("it has stopped reading") { follower.statistics.pauses > 0 }
        case .backOff:
            work = .waiting
            server.abortAll()
        case .dial:
            work = .connected
            try server.setScenario(Scenario([.holdUpgrade(nil)]))
            server.abortAll()
            try await server.waitForUpgrades(2)
        case .recovery:
            work = .recovering
            var scenario = Scenario.idle
            scenario.faults.answers = [AnswerFault("GET /api/v1/shell/buffer", .silence)]
            try server.setScenario(scenario)
            server.abortAll()
        }
        try await eventually("\(work)") { follower.work.contains(work) && server.connectionCount < 2 }
    }

    @Test("A follower of a client ends with the client, in the wait before an attempt, too", arguments: [false, true])
    func endsWithItsClient(isLost: Bool) async throws {
        try await withMockServer(.followed) { server in
            let client = try AgentRuntimeClient(endpoint: server.endpoint)
            var configuration = FollowerConfiguration.quick
            configuration.reconnect.firstRetry = .seconds(60)
            let follower = try WorkspaceFollower(of: client, configuration: configuration)
            let log = ElementLog()
            let consumer = Task { try await log.take(follower) }
            follower.start()
            try await log.wait(for: "live")
            try await server.waitForConnections(1)
            if isLost {
                server.abortAll()
                try await log.wait(for: "waiting")
            }
            #expect(!client.tasks.isEmpty || isLost)
            #expect(await client.close().isEmpty)
            #expect(client.tasks.isEmpty)
            #expect(follower.end == .closed)
            try await withTimeout("the elements end") { try await consumer.value }
            #expect(log.states.last == .gone(.closed))
            try await withTimeout("no socket is left") { try await server.waitForSockets(0) }
        }
    }

    @Test("A refusal that no retry can mend ends the follower, and its error says why")
    func refused() async throws {
        var configuration = MockServerConfiguration.followed
        configuration.token = "secret"
        try await withMockServer(configuration) { server in
            let follower = try WorkspaceFollower(of: StaticEndpointSource(try server.endpoint), configuration: .quick)
            follower.start()
            let end = try await withTimeout("the end") { try await follower.waitUntilEnded() }
            #expect(end.failure?.kind == .dial)
            #expect(end.failure?.retry == .never)
            #expect(server.upgrades.count == 1)
            await follower.close()
        }
    }

    @Test("A close code of the server is a lost connection; the user's table can make it the end")
    func closeCodes() async throws {
        try await withFollowed { server, _, log in
            await server.closeAll(.goingAway)
            try await log.wait(for: "live", count: 2)
            await server.closeAll(.normalClosure)
            try await log.wait(for: "live", count: 3)
        }
        var configuration = FollowerConfiguration.quick
        configuration.reconnect.advice = { $0.kind == .closedByServer && $0.hadAttached ? .never : $0.retry }
        try await withFollowed(.followed, configuration) { server, follower, _ in
            await server.closeAll(.goingAway)
            let end = try await withTimeout("the end") { try await follower.waitUntilEnded() }
            #expect(end.failure?.closeCode == .goingAway)
        }
    }

    @Test("Retry-After is honoured, and a stop of the attempts is told")
    func givesUp() async throws {
        var configuration = FollowerConfiguration.quick
        configuration.reconnect.maximumAttempts = 3
        var server = MockServerConfiguration.followed
        server.scenario = Scenario([.refuseUpgrade(status: 503, fields: ["Retry-After": "1"])])
        try await withMockServer(server) { server in
            let follower = try WorkspaceFollower(
                of: StaticEndpointSource(try server.endpoint),
                configuration: configuration
            )
            follower.start()
            let end = try await withTimeout("the end") { try await follower.waitUntilEnded() }
            guard case .gaveUp(let failure) = end else {
                Issue.record("\(end)")
                return
            }
            #expect(failure.retry == .after(.seconds(1)))
            #expect(server.upgrades.count == 3)
            await follower.close()
        }
    }
}
