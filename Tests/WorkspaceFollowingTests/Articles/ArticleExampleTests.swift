import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

// The examples of the articles in Sources/WorkspaceFollowing/Documentation.docc. Each has to compile, and to be the
// same there and here.

// example begins
func printEvents(of url: String, token: String?) async throws {
    let source = StaticEndpointSource(try RuntimeEndpoint(url, token: token))
    try await WorkspaceFollower.withFollower(of: source) { follower in
        for try await element in follower.elements {
            if case .event(let event) = element { print(event.type, event.repositoryName ?? "") }
        }
    }
}
// example ends

// example begins
func runCommand(_ command: String, at url: String) async throws -> String {
    try await AgentRuntimeClient.withClient(endpoint: RuntimeEndpoint(url)) { client in
        try await client.withWorkspaceStream { stream in
            var output = ""
            let request = StartProcessRequest(sessionID: "manager", command: command)
            let process = try await client.control.startProcess(request)
            for try await event in stream.events {
                switch event.content {
                case .processOutput(let piece) where piece.processID == process.id: output += piece.data
                case .processStatus(let status) where status.processID == process.id:
                    if [.exited, .failed, .stopped].contains(status.status) { return output }
                default: break
                }
            }
            return output
        }
    }
}
// example ends

// example begins
func follow(
    _ source: any EndpointSource,
    from position: FollowerPosition?,
    use: (WorkspaceEvent) -> Void
) async throws -> FollowerPosition {
    try await WorkspaceFollower.withFollower(of: source, from: position) { follower in
        for try await element in follower.elements {
            switch element {
            case .event(let event): use(event)
            case .recovered(let event, by: _): use(event)
            case .gap(let gap): print("From here on, ask again for all state of the scope \(gap.scope).")
            case .connection(.gone): return follower.position
            case .connection(let state): print(state.name)
            @unknown default: break
            }
        }
        return follower.position
    }
}
// example ends

// example begins
func closeInOrder(_ clients: [AgentRuntimeClient]) async {
    await withDiscardingTaskGroup { group in
        for client in clients {
            group.addTask {
                let left = await client.close(within: .seconds(2))
                for task in left { print("a bug, please report it:", task) }
            }
        }
    }
}
// example ends

// example begins
func source(of runtime: MockRuntime) -> ClosureEndpointSource {
    ClosureEndpointSource {
        let address = runtime.address
        let endpoint = try RuntimeEndpoint(address.url, token: address.token, instanceID: address.instanceID)
        return FollowedEndpoint(endpoint, generation: address.generation)
    }
}
// example ends

// example begins
func followAll(_ sources: [String: any EndpointSource]) async throws {
    try await WorkspaceFleet.withFleet { fleet in
        for (id, source) in sources { try fleet.follow(id, at: source) }
        try await fleet.waitUntilAll(.live, timeout: .seconds(30))
        for try await next in fleet.elements {
            if case .gap(let gap) = next.element { print(next.workspace, "may miss something of", gap.scope) }
        }
    }
}
// example ends

// example begins
func followEach(_ sources: [String: any EndpointSource], in fleet: WorkspaceFleet) throws {
    for (id, source) in sources {
        try fleet.follow(id, at: source, policy: .restart) { follower in
            for try await element in follower.elements {
                if case .event(let event) = element { print(id, event.type) }
            }
        }
    }
}
// example ends

// example begins
func report(_ fleet: WorkspaceFleet) {
    for state in fleet.states {
        let problem = state.trouble ?? "live"
        print(state.workspace, problem, "gaps: \(state.statistics.gaps)", "waiting: \(state.queuedBytes) bytes")
    }
    if let advice = fleet.descriptors.advice { print(advice) }
}
// example ends

@Suite("The examples of the articles", .timeLimit(.minutes(1)))
struct ArticleExampleTests {
    @Test("Every Swift example of every article is compiled, and every example here is in an article")
    func areCompiled() throws {
        let (articles, examples) = try articleExamples(of: #filePath)
        #expect(articles.count > 5)
        for code in articles { #expect(examples.contains(code), "not compiled: \(code.prefix(80))") }
        for code in examples { #expect(articles.contains(code), "in no article: \(code.prefix(80))") }
    }

    @Test("The first example prints until the server has gone for good")
    func first() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario([.close(.policyViolation)])
        try await withMockServer(configuration) { try await printEvents(of: $0.url, token: nil) }
    }

    @Test("The example that runs a command has its output")
    func command() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario.processes = [MockProcess("make", steps: [.output("ok\n"), .exit(0)])]
        try await withMockRuntime(configuration) { runtime in
            let output = try await runCommand("make", at: runtime.address.url)
            #expect(output == "ok\n")
        }
    }

    @Test("The example of the barrier leaves nothing")
    func barrier() async throws {
        try await withMockRuntime { runtime in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(runtime.address.url))
            _ = try await client.openWorkspaceStream()
            await closeInOrder([client])
            try await runtime.server.waitForSockets(0)
        }
    }

    @Test("The examples of a fleet follow, report, and leave nothing")
    func fleetExamples() async throws {
        try await withMockFleet(count: 3) { mock in
            let sources = Dictionary(
                uniqueKeysWithValues: mock.runtimes.enumerated().map { ("\($0)", source(of: $1) as any EndpointSource) }
            )
            let all = Task { try await followAll(sources) }
            try await mock.expect(connections: 1)
            all.cancel()
            await #expect(throws: CancellationError.self) { try await all.value }
            let fleet = try WorkspaceFleet()
            try followEach(sources, in: fleet)
            try await fleet.waitUntilAll(.live, timeout: .seconds(30))
            report(fleet)
            #expect(await fleet.close().isEmpty)
            for runtime in mock.runtimes { try await runtime.server.waitForSockets(0) }
        }
    }

    @Test("The example of following gives a position to go on from")
    func position() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario([.close(.policyViolation)])
        try await withMockRuntime(configuration) { runtime in
            var types: [WorkspaceMessageType] = []
            let position = try await follow(source(of: runtime), from: nil) { types.append($0.type) }
            #expect(types == [.connected, .gitStatus])
            _ = try await follow(source(of: runtime), from: position) { _ in }
            #expect(runtime.server.upgrades.count == 2)
        }
    }

    // example begins
    @Test("The manager comes back after an outage of an hour")
    func outage() async throws {
        let clock = ManualMockClock()
        try await withMockRuntime { runtime in
            var configuration = FollowerConfiguration()
            configuration.runtime.clock = clock
            let follower = try WorkspaceFollower(of: source(of: runtime), configuration: configuration)
            follower.discardElements()
            follower.start()
            try await runtime.expect(connections: 1)

            await runtime.stop()
            // The follower tries again and again, at last every 20 s.
            try await clock.advance { clock.now.offset < .seconds(3600) }
            try await runtime.start()
            try await clock.advance { runtime.server.connectionCount == 0 }

            try await runtime.expect(connections: 1)
            await follower.close()
            try await runtime.server.waitForSockets(0)
        }
    }
    // example ends

    // example begins
    @Test("One runtime that hangs, and one that is replaced, do not disturb the others")
    func fleet() async throws {
        try await withMockFleet(count: 20) { fleet in
            let followers = try fleet.runtimes.map { try WorkspaceFollower(of: source(of: $0)) }
            for follower in followers {
                follower.discardElements()
                follower.start()
            }
            try await fleet.expect(connections: 1)

            fleet[3].stall()
            fleet[4].abort()
            try await fleet[4].replace(instanceID: "another")
            try await fleet[4].expect(connections: 1)
            for runtime in fleet.runtimes { runtime.server.broadcast(WorkspaceEvent(.shellOutput("hello"))) }
            for (number, follower) in followers.enumerated() where number != 3 {
                for try await snapshot in follower.snapshots where snapshot.shell.tail == "hello" { break }
            }

            fleet[3].resume()
            await withDiscardingTaskGroup { group in
                for follower in followers { group.addTask { await follower.close() } }
            }
        }
    }
    // example ends

    // example begins
    @Test("A permission is asked for, and the turn goes on")
    func prompt() async throws {
        try await withMockRuntime { runtime in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(runtime.address.url))
            try await client.control.start()
            try await client.withAgentStream { stream in
                _ = try await stream.initialize(clientName: "manager", clientVersion: "1")
                _ = try await stream.newSession(directory: "/srv/ws")
                let turn = try await stream.prompt("perm: run the tests")
                for try await event in turn.events {
                    if let permission = stream.permission(event) { _ = try await permission.respond(option: "allow") }
                }
            }
            try await runtime.expect(requests: ["POST /api/v1/start"])
            try await runtime.expect(agentRequests: ["agent.initialize", "agent.prompt", "agent.permissions.resolve"])
            await client.close()
        }
    }
    // example ends
}
