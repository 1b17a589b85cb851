import MockAgentServer
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("One runtime for a test", .timeLimit(.minutes(1)))
struct MockRuntimeTests {
    @Test("Its address stays over a restart; the generation counts, and the sockets end without a Close frame")
    func restart() async throws {
        try await withMockRuntime { runtime in
            let first = runtime.address
            #expect(first.instanceID == "runtime-0" && first.generation == 1 && first.token == nil)
            let stream = StreamClient(connection: try await WebSocketClient.connect(to: runtime.server.streamURL))
            try await runtime.expect(connections: 1)
            try await runtime.restart()
            #expect(await stream.rest().closure.received == nil)
            #expect(runtime.address.url == first.url && runtime.address.generation == 2)
            #expect(try await RawHTTP.ask(runtime.server.port, "GET", "/health").status == 200)
        }
    }

    @Test("A stopped one refuses connections until it is started; the first start of a running one does nothing")
    func stop() async throws {
        try await withMockRuntime { runtime in
            try await runtime.start()
            #expect(runtime.address.generation == 1)
            await runtime.stop()
            let error = await #expect(throws: WebSocketError.self) { try await refusal(on: runtime.server) }
            #expect(error?.code == .connectFailed)
            try await runtime.start(MockRestart(instanceID: "later"))
            #expect(runtime.address.instanceID == "later" && runtime.address.generation == 2)
            #expect(try await RawHTTP.ask(runtime.server.port, "GET", "/health").status == 200)
        }
    }

    @Test("Repositories outlive a stop; a shell only if it is kept")
    func keeps() async throws {
        var configuration = MockServerConfiguration()
        configuration.hasShell = true
        try await withMockRuntime(configuration) { runtime in
            runtime.server.broadcast(WorkspaceEvent(.gitStatus(GitStatus(headCommit: "c1"))))
            runtime.server.broadcast(WorkspaceEvent(.shellOutput("before")))
            await runtime.stop()
            try await runtime.start(MockRestart(keepsProcesses: true))
            #expect(runtime.server.shellRing.hasSuffix("before"))
            try await runtime.restart()
            #expect(!runtime.server.shellRing.contains("before"))
            #expect(runtime.server.statuses.map(\.headCommit) == ["c1"])
        }
    }

    @Test("A replaced one leaves a ghost: the old stream stays open, and its id is refused at the same port")
    func replace() async throws {
        try await withMockRuntime { runtime in
            let port = runtime.server.port
            let old = try await WebSocketClient.connect(to: runtime.server.streamURL)
            try await runtime.expect(connections: 1)
            try await runtime.replace(instanceID: "other")
            #expect(runtime.server.port == port && runtime.address.instanceID == "other")
            let health = try await RawHTTP.ask(port, "GET", "/health", headers: [("X-Instance-ID", "runtime-0")])
            #expect(health.status == 404)
            #expect(runtime.server.broadcast(.shell("unheard")) == 0)
            _ = try await old.ping()
            old.abort()
        }
    }

    @Test("A stalled one sends nothing until it goes on")
    func stall() async throws {
        try await withMockRuntime { runtime in
            let stream = StreamClient(connection: try await WebSocketClient.connect(to: runtime.server.streamURL))
            _ = try await stream.events(2)
            runtime.stall()
            runtime.server.broadcast(.shell("later"))
            try await stream.send(.ping)
            #expect(runtime.server.commands.isEmpty)
            runtime.resume()
            #expect(try await stream.events(1).first?.content == .shellOutput("later"))
            try await runtime.expect(commands: [.ping])
            await stream.connection.close()
        }
    }
}

@Suite("Expectations that wait", .timeLimit(.minutes(1)))
struct ExpectationTests {
    /// The error of an expectation that is not met.
    private static func miss(_ body: () async throws -> Void) async -> String {
        let error = await #expect(throws: MockServerError.self) { try await body() }
        #expect(error?.code == .timedOut)
        return error?.message ?? ""
    }

    @Test("Commands are met in their order, with others between; what is missing is named, with what came")
    func commands() async throws {
        try await withMockRuntime { runtime in
            let stream = StreamClient(connection: try await WebSocketClient.connect(to: runtime.server.streamURL))
            for command in [.shellInput("ls\n"), .ping, .shellResize(columns: 80, rows: 24)] as [WorkspaceCommand] {
                try await stream.send(command)
            }
            try await runtime.expect(commands: [.shellInput("ls\n"), .shellResize(columns: 80, rows: 24)])
            try await runtime.expect(commands: [])
            let wrongOrder = await Self.miss {
                try await runtime.expect(commands: [.ping, .shellInput("ls\n")], within: .milliseconds(20))
            }
            #expect(
                wrongOrder == #"Expected the commands ping, shell_input "ls\n", in this order, within 0.02 seconds. "#
                    + #"Missing is first: shell_input "ls\n". "#
                    + #"3 came: shell_input "ls\n", ping, shell_resize 80 x 24."#
            )
            await stream.connection.close()
        }
    }

    @Test("Requests are met by method and path; a query counts only if it is named")
    func requests() async throws {
        try await withMockRuntime { runtime in
            let port = runtime.server.port
            _ = try await RawHTTP.ask(port, "GET", "/health")
            _ = try await RawHTTP.ask(port, "GET", "/api/v1/git/log?limit=3")
            try await runtime.expect(requests: ["GET /health", "GET /api/v1/git/log"])
            try await runtime.expect(requests: ["GET /api/v1/git/log?limit=3"])
            let missing = await Self.miss {
                try await runtime.expect(requests: ["GET /health", "GET /health"], within: .milliseconds(20))
            }
            let seen = "2 came: GET /health, GET /api/v1/git/log?limit=3."
            #expect(missing.hasSuffix("Missing is first: GET /health. \(seen)"))
            let other = await Self.miss {
                try await runtime.expect(requests: ["GET /api/v1/git"], within: .milliseconds(20))
            }
            #expect(other.contains("Missing is first: GET /api/v1/git."))
        }
    }

    @Test("Requests to the agent are met by their actions")
    func agentRequests() async throws {
        try await withMockRuntime { runtime in
            let missing = await Self.miss {
                try await runtime.expect(agentRequests: ["agent.initialize"], within: .milliseconds(20))
            }
            #expect(missing.hasSuffix("Missing is first: agent.initialize. Nothing came."))
            try await AgentClient.with(runtime.server) { client in
                try await client.send("agent.initialize")
                try await runtime.expect(agentRequests: ["agent.initialize"])
            }
        }
    }

    @Test("Every wait for a number has a limit, and says the number that there is")
    func numbers() async throws {
        try await withMockServer { server in
            let limit = Duration.milliseconds(20)
            let streams = await Self.miss { try await server.waitForConnections(2, within: limit) }
            #expect(streams.hasSuffix("Attached are 0, after 0 requests for the stream."))
            let sockets = await Self.miss { try await server.waitForSockets(1, within: limit) }
            #expect(sockets.hasSuffix("Open are 0, and 0 of them are WebSockets."))
            _ = try await RawHTTP.ask(server.port, "GET", "/health")
            let requests = await Self.miss { try await server.waitForRequests(2, within: limit) }
            #expect(requests.hasSuffix("1 came: GET /health."))
            let upgrades = await Self.miss { try await server.waitForUpgrades(1, within: limit) }
            #expect(upgrades.contains("There were 0."))
            let commands = await Self.miss { try await server.waitForCommands(1, within: limit) }
            #expect(commands.hasSuffix("Nothing came."))
            let actions = await Self.miss { try await server.waitForAgentRequests(1, within: limit) }
            #expect(actions.hasSuffix("Nothing came."))
        }
    }

    @Test("A wait for a server that stops ends with that, also on the agent stream")
    func stopped() async throws {
        let server = try await MockServer.start()
        let waits = [
            Task { try await server.waitForCommands(1) }, Task { try await server.waitForAgentRequests(1) },
            Task { try await server.waitForSockets(1) },
        ]
        await server.stop()
        for wait in waits {
            let error = await #expect(throws: MockServerError.self) { try await wait.value }
            #expect(error?.code == .stopped)
        }
    }

    @Test("A limit of zero is over at once, unless what is expected is there already")
    func noTime() async throws {
        try await withMockServer { server in
            try await server.waitForConnections(0, within: .zero)
            _ = await Self.miss { try await server.waitForConnections(1, within: .zero) }
        }
    }

    @Test("A clock goes from deadline to deadline while a condition is true, and tells when it stays true")
    func advancing() async throws {
        let clock = ManualMockClock()
        let sleeping = Task { for _ in 0..<100 { try await clock.sleep(for: .seconds(60)) } }
        try await clock.advance { clock.now.offset < .seconds(3600) }
        #expect(clock.now.offset == .seconds(3600))
        sleeping.cancel()
        await #expect(throws: MockServerError.self) {
            try await clock.advance(within: .milliseconds(20)) { true }
        }
    }
}
