import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("The runtime and the end of a followed agent stream", .timeLimit(.minutes(1)))
struct AgentFollowerEndTests {
    /// A source whose answer a test changes.
    private final class Source: EndpointSource {
        private let value: Locked<FollowedEndpoint>

        init(_ endpoint: FollowedEndpoint) { self.value = Locked(endpoint) }

        func set(_ endpoint: FollowedEndpoint) { self.value.withLock { $0 = endpoint } }

        func endpoint() -> FollowedEndpoint { self.value.withLock { $0 } }
    }

    private static func endpoint(
        _ server: MockServer,
        host: String = "127.0.0.1",
        generation: Int = 1
    ) throws -> FollowedEndpoint {
        let endpoint = try RuntimeEndpoint("ws://\(host):\(server.port)", instanceID: "i")
        return FollowedEndpoint(endpoint, generation: generation)
    }

    @Test("An instance at another address is the same agent: it is not initialized again, and nothing is replaced")
    func movedInstance() async throws {
        try await AgentFixture.withServer(instanceID: "i") { server in
            let source = Source(try Self.endpoint(server))
            let follower = try AgentFollower(of: source, configuration: AgentFixture.configuration())
            follower.start()
            try await AgentFixture.initialize(follower)
            var iterator = follower.elements.makeAsyncIterator()
            _ = try await iterator.take(until: "available_commands")
            source.set(try Self.endpoint(server, host: "localhost"))
            server.abortAll()
            let back = try await iterator.take(until: "live").map(\.short)
            #expect(back.contains("gap disconnected") && !back.contains("gap replaced"))
            #expect(follower.endpoint?.endpoint.baseURL.host == "localhost")
            let error = await #expect(throws: AgentRuntimeError.self) { try await AgentFixture.initialize(follower) }
            #expect(error?.code == .alreadyInitialized)
            #expect(server.agentActions.count { $0 == "agent.initialize" } == 1)
            // The session is there, too.
            let turn = try await follower.prompt("go")
            for try await _ in turn.elements {}
            guard case .completed? = turn.end else {
                Issue.record("\(String(describing: turn.end))")
                return
            }
            #expect(await follower.close().isEmpty)
        }
    }

    @Test("Another generation is another agent: a gap says so, older turns end unseen, and it can be initialized")
    func replaced() async throws {
        try await AgentFixture.withServer(script: [.hang], instanceID: "i") { server in
            let source = Source(try Self.endpoint(server))
            let follower = try AgentFollower(of: source, configuration: AgentFixture.configuration())
            follower.start()
            try await AgentFixture.initialize(follower)
            let turn = try await follower.prompt("go")
            var iterator = follower.elements.makeAsyncIterator()
            _ = try await iterator.take(until: "available_commands")
            try await AgentFixture.withServer(instanceID: "i") { other in
                source.set(try Self.endpoint(other, generation: 2))
                server.abortAll()
                let back = try await iterator.take(until: "live")
                let gap = try #require(back.compactMap(\.gap).first)
                #expect(gap.cause == .replaced && gap.certainty == .exact)
                guard case .unseen? = turn.end else {
                    Issue.record("\(String(describing: turn.end))")
                    return
                }
                try await AgentFixture.initialize(follower)
                #expect(other.agentActions.count { $0 == "agent.initialize" } == 1)
                let next = try await follower.prompt("go")
                #expect(next.generation > turn.generation)
                while next.end == nil { _ = try await iterator.next() }
                guard case .completed? = next.end else {
                    Issue.record("\(String(describing: next.end))")
                    return
                }
                #expect(await follower.close().isEmpty)
            }
        }
    }

    @Test("Whoever drops the elements sees no ends: a turn that runs, and each later one, ends unseen")
    func discarding() async throws {
        try await AgentFixture.withServer(script: [.hang]) { server in
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url))
            let follower = try AgentFollower(of: source, configuration: AgentFixture.configuration())
            follower.start()
            try await AgentFixture.initialize(follower)
            let running = try await follower.prompt("go")
            #expect(running.end == nil)
            follower.discardElements()
            let later = try await follower.prompt("go on")
            for turn in [running, later] {
                let end = try await withTimeout("the end of a turn") { try await turn.waitUntilEnded() }
                guard case .unseen = end else {
                    Issue.record("\(end)")
                    continue
                }
            }
            #expect(follower.core.state.withLock { $0.turns.isEmpty })
            #expect(await follower.close().isEmpty)
        }
    }

    @Test("Closing in each state returns soon, leaves nothing, and ends turns and elements")
    func closing() async throws {
        try await AgentFixture.withServer(script: [.hang]) { server in
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url))
            // Never started.
            let idle = try AgentFollower(of: source, configuration: AgentFixture.configuration())
            #expect(await idle.close().isEmpty)
            #expect(idle.end == .closed)
            // Live, with a turn.
            let live = try AgentFollower(of: source, configuration: AgentFixture.configuration())
            live.start()
            try await AgentFixture.initialize(live)
            let turn = try await live.prompt("go")
            #expect(await live.close().isEmpty)
            for try await _ in live.elements {}
            guard case .unseen = try await turn.waitUntilEnded() else {
                Issue.record("\(String(describing: turn.end))")
                return
            }
            // In the wait between two attempts.
            let waiting = try AgentFollower(
                of: source,
                configuration: AgentFixture.configuration { $0.reconnect.firstRetry = .seconds(1000) }
            )
            waiting.start()
            try await AgentFixture.open(server, waiting)
            server.abortAll()
            try await eventually("it waits") { waiting.work == [.waiting] }
            #expect(await waiting.close().isEmpty)
            #expect(waiting.work.isEmpty && waiting.end == .closed)
            // In a dial to a port on which nobody accepts.
            let dead = try AgentFollower(
                of: StaticEndpointSource(RuntimeEndpoint("ws://127.0.0.1:1")),
                configuration: AgentFixture.configuration()
            )
            dead.start()
            #expect(await dead.close().isEmpty)
            #expect(dead.end == .closed)
        }
    }

    @Test("While it recovers, a close does not wait for the answer")
    func closeWhileRecovering() async throws {
        let faults = [AnswerFault("agent.permissions.list", .silence)]
        try await AgentFixture.withFollower(faults: faults) { server, follower in
            follower.discardElements()
            try await AgentFixture.open(server, follower)
            server.abortAll()
            try await server.waitForAgentRequests(1)
            let clock = ContinuousClock()
            let begin = clock.now
            #expect(await follower.close().isEmpty)
            #expect(clock.now - begin < .seconds(4))
        }
    }

    @Test("A follower of a client is a member of its barrier in every state: a close of it waits for the follower")
    func member() async throws {
        try await AgentFixture.withServer { server in
            for hasLostConnection in [false, true] {
                let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
                let follower = try AgentFollower(
                    of: client,
                    configuration: AgentFixture.configuration { $0.reconnect.firstRetry = .seconds(1000) }
                )
                follower.start()
                try await AgentFixture.open(server, follower)
                if hasLostConnection {
                    server.abortAll()
                    try await eventually("it waits") { follower.work == [.waiting] }
                    #expect(!client.tasks.isEmpty)
                }
                #expect(await client.close().isEmpty)
                #expect(client.tasks.isEmpty && follower.work.isEmpty)
                #expect(try await follower.waitUntilEnded() == .closed)
                #expect(await follower.close().isEmpty)
            }
        }
    }

    @Test("A workspace follower with an agent: one client, one close, and both are back after a lost connection")
    func together() async throws {
        try await AgentFixture.withServer { server in
            let follower = try WorkspaceFollower(
                of: StaticEndpointSource(RuntimeEndpoint(server.url)),
                configuration: AgentFixture.configuration { $0.agent = AgentStreamConfiguration() }
            )
            let agent = try #require(follower.agent)
            #expect(agent.work.isEmpty)
            follower.discardElements()
            follower.start()
            try await server.waitForConnections(1)
            var iterator = agent.elements.makeAsyncIterator()
            _ = try await iterator.take(until: "live")
            try await AgentFixture.initialize(agent)
            // The same client, so the control calls of the one know the agent of the other.
            let client = (follower.core.state.withLock { $0.parts.runtime } as? ClientRuntime)?.client
            #expect(client != nil && client === agent.core.state.withLock { $0.client })
            server.abortAll()
            _ = try await iterator.take(until: "gap disconnected")
            _ = try await iterator.take(until: "live")
            try await server.waitForConnections(1)
            #expect(await follower.close().isEmpty)
            #expect(follower.end == .closed && agent.end == .closed)
            #expect(follower.work.isEmpty && agent.work.isEmpty)
            #expect(client?.isClosed == true && client?.tasks.isEmpty == true)
        }
    }

    @Test("The agent's follower may end before; a workspace that can't be followed any more ends the agent's, too")
    func apart() async throws {
        try await AgentFixture.withServer { server in
            let follower = try WorkspaceFollower(
                of: StaticEndpointSource(RuntimeEndpoint(server.url)),
                configuration: AgentFixture.configuration { $0.agent = AgentStreamConfiguration() }
            )
            let agent = try #require(follower.agent)
            follower.discardElements()
            agent.discardElements()
            follower.start()
            try await server.waitForConnections(1)
            try await eventually("the agent stream is open") { server.agentClientCount == 1 }
            agent.requestClose()
            _ = try await agent.waitUntilEnded()
            #expect(server.connectionCount == 1 && follower.end == nil)
            #expect(follower.core.work == [.connected] || follower.core.work == [.connected, .waiting])
            #expect(await follower.close().isEmpty)
            #expect(follower.end == .closed)

            let other = try WorkspaceFollower(
                of: StaticEndpointSource(RuntimeEndpoint(server.url)),
                configuration: AgentFixture.configuration {
                    $0.agent = AgentStreamConfiguration()
                    $0.reconnect.advice = { failure in failure.kind == .stream ? .never : failure.retry }
                }
            )
            other.discardElements()
            other.agent?.discardElements()
            other.start()
            try await server.waitForConnections(1)
            try await eventually("both are open") { server.agentClientCount == 1 && other.core.isLive }
            // Only the workspace stream ends.
            other.stream?.requestClose()
            guard case .failed = try await other.waitUntilEnded() else {
                Issue.record("\(String(describing: other.end))")
                return
            }
            #expect(other.agent?.end == .closed && other.work.isEmpty)
        }
    }

    @Test("Both streams follow a runtime that has moved")
    func movedTogether() async throws {
        try await AgentFixture.withServer(instanceID: "i") { server in
            let source = Source(try Self.endpoint(server))
            let follower = try WorkspaceFollower(
                of: source,
                configuration: AgentFixture.configuration { $0.agent = AgentStreamConfiguration() }
            )
            let agent = try #require(follower.agent)
            follower.discardElements()
            agent.discardElements()
            follower.start()
            try await server.waitForConnections(1)
            try await eventually("the agent stream is open") { server.agentClientCount == 1 }
            try await AgentFixture.withServer(instanceID: "i") { other in
                source.set(try Self.endpoint(other, generation: 2))
                // Only the workspace stream is lost; the old runtime still has the agent stream.
                follower.core.state.withLock { $0.stream }?.workspaceStream?.requestClose()
                try await other.waitForConnections(1)
                try await eventually("the agent stream moves, too") { other.agentClientCount == 1 }
                try await eventually("the old one is left") { server.socketCount == 0 }
                #expect(await follower.close().isEmpty)
            }
        }
    }
}
