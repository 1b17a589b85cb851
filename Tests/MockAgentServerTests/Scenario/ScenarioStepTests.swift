import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("Steps of a scenario, as a client sees them", .timeLimit(.minutes(1)))
struct ScenarioStepTests {
    private static let done = ScenarioStep.close(CloseCode(rawValue: 4000), reason: "done")

    @Test("Sends events in order and as often as asked for")
    func send() async throws {
        try await withStream([.skipAttach, .send([.shell("a"), .shell("b")], repeat: 3), Self.done]) { _, client in
            let (events, closure) = await client.rest()
            #expect(events == ["a", "b", "a", "b", "a", "b"].map { .shell($0) })
            #expect(closure.isClean)
            #expect(closure.received == CloseFrame(CloseCode(rawValue: 4000), reason: "done"))
        }
    }

    @Test("Gives events without a time the current one")
    func stamps() async throws {
        let event = WorkspaceEvent(.gitCommit(GitCommit(message: "m")), timestamp: nil)
        try await withStream([.skipAttach, .send([event])]) { _, client in
            let received = try #require(try await client.events(1).first)
            #expect((received.timestamp ?? 0) > 1_700_000_000_000)
            guard case .gitCommit(let commit) = received.content else { return #expect(Bool(false)) }
            #expect(commit.timestamp.instant != nil && commit.committedAt.instant != nil)
        }
    }

    @Test("Sends at a rate", arguments: [1, 3])
    func rate(perStep: Int) async throws {
        let clock = ManualClock()
        var configuration = MockServerConfiguration()
        configuration.clock = clock
        let steps: [ScenarioStep] = [.skipAttach, .send([.shell("a")], rate: 10, repeat: 4)]
        try await withStream(steps, configuration: configuration) { _, client in
            let first = try await client.events(1)
            #expect(first.count == 1)
            for count in stride(from: perStep, through: 3, by: perStep) {
                await clock.waitForSleepers(1)
                clock.advance(by: .milliseconds(100 * perStep))
                let next = try await client.events(perStep)
                #expect(next.count == perStep, "\(count)")
            }
        }
    }

    @Test("Generated events are those of the generator, starting over with the same seed")
    func generate() async throws {
        let events = GeneratedEvents(count: 300, seed: 9)
        try await withStream([.skipAttach, .generate(events), Self.done]) { _, client in
            var generator = EventGenerator(seed: 9)
            let (received, _) = await client.rest()
            #expect(received == (0..<300).map { _ in generator.next() })
        }
    }

    @Test("Generated text has exactly as many bytes as asked for", arguments: [60, 126, 65_536], FrameStyle.allCases)
    func generateText(bytes: Int, style: FrameStyle) async throws {
        var configuration = MockServerConfiguration()
        configuration.frameStyle = style
        let events = GeneratedEvents(.text(bytes: bytes), count: 5)
        try await withStream([.skipAttach, .generate(events)], configuration: configuration) { _, client in
            let texts = try await client.texts(5)
            #expect(texts.allSatisfy { $0.utf8.count == bytes + (style == .gorilla ? 1 : 0) })
            #expect(WorkspaceEventDecoder().decode(Array(texts[0].utf8)).type == .shellOutput)
        }
    }

    @Test("A flood stops while the client does not read, and loses nothing")
    func flood() async throws {
        let events = GeneratedEvents(count: 20_000)
        var narrow = ConnectionConfiguration()
        narrow.receiveQueue.highWaterMessages = 1
        try await withStream([.skipAttach, .generate(events), Self.done], client: narrow) { _, client in
            let (received, closure) = await client.rest()
            #expect(received.count == 20_000)
            #expect(closure.isClean)
        }
    }

    @Test("Waits")
    func wait() async throws {
        let clock = ManualClock()
        var configuration = MockServerConfiguration()
        configuration.clock = clock
        let steps: [ScenarioStep] = [.skipAttach, .wait(.seconds(60)), .send([.shell("after")])]
        try await withStream(steps, configuration: configuration) { server, client in
            await clock.waitForSleepers(1)
            server.broadcast(.shell("before"))
            clock.advance(by: .seconds(60))
            let events = try await client.events(2)
            #expect(events == [.shell("before"), .shell("after")])
        }
    }

    @Test("Waits for one more command of a type each time")
    func waitForCommand() async throws {
        let wait = ScenarioStep.waitForCommand(.shellInput)
        let steps: [ScenarioStep] = [
            .skipAttach, wait, .send([.shell("1")]), wait, .send([.shell("2")]), wait, Self.done,
        ]
        var configuration = MockServerConfiguration()
        configuration.hasShell = false
        try await withStream(steps, configuration: configuration) { _, client in
            try await client.send(.ping)
            try await client.send(.shellInput("x"))
            let first = try await client.events(2)
            #expect(Set(first.map(\.type)) == [.pong, .shellOutput])
            try await client.send(.shellInput("y"))
            let second = try await client.events(1)
            #expect(second == [.shell("2")])
        }
    }

    @Test("Cuts the socket")
    func cut() async throws {
        try await withStream([.send([.shell("a")]), .cut, .send([.shell("b")])]) { server, client in
            let (events, closure) = await client.rest()
            #expect(events.map(\.type) == [.connected, .gitStatus, .shellOutput])
            #expect(closure.error?.code == .connectionLost)
            #expect(closure.received == nil)
            try await server.waitForConnections(0)
        }
    }

    @Test("A server that stalls answers no Ping, so a client with keepalive gives it up")
    func stall() async throws {
        var impatient = ConnectionConfiguration()
        var keepalive = ConnectionConfiguration.Keepalive()
        (keepalive.interval, keepalive.timeout) = (.milliseconds(30), .milliseconds(30))
        impatient.keepalive = keepalive
        try await withStream([.stall(nil)], client: impatient) { server, client in
            let (events, closure) = await client.rest()
            #expect(events.map(\.type) == [.connected, .gitStatus])
            #expect(closure.error?.code == .keepaliveTimedOut)
            try await server.waitForConnections(0)
        }
    }

    @Test("After a stall, the server reads what came and sends what was held back")
    func stallEnds() async throws {
        let clock = ManualClock()
        var configuration = MockServerConfiguration()
        (configuration.clock, configuration.hasShell) = (clock, true)
        let steps: [ScenarioStep] = [.skipAttach, .stall(.seconds(5)), .send([.shell("after")])]
        try await withStream(steps, configuration: configuration) { server, client in
            await clock.waitForSleepers(1)
            #expect(server.broadcast(.shell("held")) == 1)
            try await client.send(.shellInput("typed"))
            #expect(server.commands.isEmpty)
            clock.advance(by: .seconds(5))
            let events = try await client.events(3)
            #expect(events.first == .shell("held"))
            #expect(Set(events.map(\.content)) == [.shellOutput("held"), .shellOutput("after"), .shellOutput("typed")])
        }
    }

    @Test("Garbage is a protocol violation to the client")
    func garbage() async throws {
        let steps: [ScenarioStep] = [.send([.shell("a")]), .garbage(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))]
        try await withStream(steps) { _, client in
            let (events, closure) = await client.rest()
            #expect(events.map(\.type) == [.connected, .gitStatus, .shellOutput])
            #expect(closure.error?.code == .protocolViolation)
        }
    }

    @Test("A frame in two pieces arrives whole, and nothing gets between them", arguments: [1, 2, 10, 1_000_000])
    func splitFrame(index: Int) async throws {
        let clock = ManualClock()
        var configuration = MockServerConfiguration()
        configuration.clock = clock
        let steps: [ScenarioStep] = [.skipAttach, .splitFrame(.shell("split ✓"), at: index, pause: .seconds(1))]
        try await withStream(steps, configuration: configuration) { server, client in
            await clock.waitForSleepers(1)
            server.broadcast(.shell("between"))
            clock.advance(by: .seconds(1))
            let events = try await client.events(2)
            #expect(events == [.shell("split ✓"), .shell("between")])
        }
    }

    @Test("A message in fragments arrives whole", arguments: [1, 7, 10_000])
    func fragment(size: Int) async throws {
        try await withStream([.skipAttach, .fragment(.shell("in ✓ pieces"), size: size)]) { _, client in
            let events = try await client.events(1)
            #expect(events == [.shell("in ✓ pieces")])
        }
    }

    @Test("Sends a Ping")
    func ping() async throws {
        try await withStream([.skipAttach, .ping(Array("hi".utf8)), .send([.shell("a")])]) { _, client in
            _ = try await client.events(1)
            // The Ping is counted after the messages of the same read are delivered.
            try await eventually("the Ping is counted") { client.connection.statistics.pingsReceived == 1 }
        }
    }

    @Test("A loop repeats its steps")
    func loop() async throws {
        let inner = ScenarioStep.loop([.send([.shell("b")])], count: 2)
        try await withStream([.skipAttach, .loop([.send([.shell("a")]), inner], count: 2), Self.done]) { _, client in
            #expect(await client.rest().events == ["a", "b", "b", "a", "b", "b"].map { .shell($0) })
        }
    }

    @Test("The demo tells its story in order, within three seconds, and then rests")
    func demo() async throws {
        let clock = LeapingClock()
        var configuration = MockServerConfiguration()
        (configuration.clock, configuration.repositories) = (clock, Scenario.demoRepositories)
        configuration.scenario = .demo
        try await withStream(configuration: configuration) { _, client in
            var events: [WorkspaceEvent] = []
            while events.last?.content != .shellOutput("all checks passed\r\n$ ") {
                events += try await client.events(1)
            }
            #expect((38...46).contains(events.count))
            #expect(Set(events.compactMap(\.repositoryName)) == ["web", "api"])
            #expect(Set(events.map(\.type)).count >= 8)
            #expect((.seconds(2)...(.seconds(3))).contains(clock.now.offset))
        }
    }
}
