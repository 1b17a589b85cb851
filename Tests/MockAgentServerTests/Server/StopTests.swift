import MockAgentServer
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("Stopping", .timeLimit(.minutes(1)))
struct StopTests {
    @Test("A client is told 1001, and afterwards nobody listens")
    func open() async throws {
        let server = try await MockServer.start()
        let connection = try await WebSocketClient.connect(to: server.streamURL)
        await server.stop()
        #expect(try await connection.waitUntilClosed().received?.code == .goingAway)
        #expect(server.connectionCount == 0)
        let error = await #expect(throws: WebSocketError.self) { try await refusal(on: server) }
        #expect(error?.code == .connectFailed)
        await server.stop()
    }

    @Test(
        "Stopping takes no longer than its limit, with any scenario",
        arguments: [
            [.stall(nil)], [.generate(GeneratedEvents())], [.wait(.seconds(3600))], [.waitForCommand(.ping)],
            [.loop([.wait(.zero)])], [.splitFrame(.shell("a"), at: 3, pause: .seconds(3600))],
        ] as [[ScenarioStep]]
    )
    func busy(steps: [ScenarioStep]) async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario(steps)
        configuration.stopTimeout = .milliseconds(100)
        configuration.closeTimeout = .seconds(60)
        let server = try await MockServer.start(configuration)
        let connection = try await WebSocketClient.connect(to: server.streamURL)
        try await server.waitForConnections(1)
        let time = await ContinuousClock().measure { await server.stop() }
        // Much more than a stop may take, because a sanitizer on a busy machine is slow. But it is much less than the
        // waits that a stop must skip.
        #expect(time < .seconds(10))
        #expect(server.connectionCount == 0)
        await connection.close()
    }

    @Test("A client that does not read is cut when the time is up")
    func deaf() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = .flood
        configuration.stopTimeout = .milliseconds(100)
        configuration.closeTimeout = .seconds(30)
        let server = try await MockServer.start(configuration)
        var client = WebSocketClientConfiguration()
        // The Close frame comes after more bytes than this client takes.
        (client.connection.readBytes, client.connection.receiveQueue.highWaterMessages) = (512, 1)
        let connection = try await WebSocketClient.connect(to: server.streamURL, configuration: client)
        try await server.waitForConnections(1)
        let time = await ContinuousClock().measure { await server.stop() }
        #expect((.milliseconds(100)...(.seconds(10))).contains(time))
        connection.abort()
    }

    @Test("A held upgrade ends with the server")
    func held() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario([.holdUpgrade(nil)])
        let server = try await MockServer.start(configuration)
        let attempt = Task { try await WebSocketClient.connect(to: server.streamURL) }
        try await server.waitForUpgrades(1)
        await server.stop()
        await #expect(throws: WebSocketError.self) { try await attempt.value }
    }

    @Test("A task that waits for an observation gets the error that the server stopped")
    func waiters() async throws {
        let server = try await MockServer.start()
        let waiting = Task { try await server.waitForUpgrades(1) }
        await server.stop()
        let error = await #expect(throws: MockServerError.self) { try await waiting.value }
        #expect(error?.code == .stopped)
    }

    @Test("The body's error wins, and the server is stopped all the same, also for a cancelled task")
    func scoped() async throws {
        struct Failure: Error {}
        let task = Task {
            try await withMockServer { server in
                withUnsafeCurrentTask { $0?.cancel() }
                throw StoppedServer(server: server, error: Failure())
            }
        }
        let failure = await #expect(throws: StoppedServer.self) { try await task.value }
        #expect(failure?.error is Failure)
        let server = try #require(failure?.server)
        let error = await #expect(throws: WebSocketError.self) { try await refusal(on: server) }
        #expect(error?.code == .connectFailed)
    }

    private struct StoppedServer: Error {
        var server: MockServer
        var error: any Error
    }

    @Test("All connections are closed with a code, or cut")
    func control() async throws {
        try await withStream { server, client in
            try await server.waitForConnections(1)
            await server.closeAll(.serviceRestart, reason: "soon back")
            #expect(await client.rest().closure.received == CloseFrame(.serviceRestart, reason: "soon back"))
            try await WebSocketClientPair.with(server) { second in
                try await server.waitForConnections(1)
                server.abortAll()
                #expect(await second.rest().closure.error?.code == .connectionLost)
            }
        }
    }

    @Test("A port that is taken, or out of range, is a typed error")
    func start() async throws {
        try await withMockServer { server in
            var configuration = MockServerConfiguration()
            configuration.port = server.port
            let taken = await #expect(throws: MockServerError.self) { try await MockServer.start(configuration) }
            #expect(taken?.code == .listenFailed)
            configuration.port = 70_000
            let wrong = await #expect(throws: MockServerError.self) { try await MockServer.start(configuration) }
            #expect(wrong?.code == .invalidConfiguration)
        }
    }
}
