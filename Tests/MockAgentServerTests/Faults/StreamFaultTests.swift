import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import MockAgentServer

@Suite("Faults of the workspace stream", .timeLimit(.minutes(1)))
struct StreamFaultTests {
    private static func configuration(_ change: (inout MockFaults) -> Void) -> MockServerConfiguration {
        var configuration = MockServerConfiguration()
        configuration.repositories = ["api", "web"].map { MockRepository(name: $0) }
        change(&configuration.scenario.faults)
        return configuration
    }

    @Test("The statuses can be missing when a client attaches")
    func missing() async throws {
        try await withStream(configuration: Self.configuration { $0.replay = .missing }) { server, client in
            // The server answers the handshake before it attaches the stream.
            try await server.waitForConnections(1)
            #expect(server.broadcast(.shell("next")) == 1)
            let events = try await client.events(2)
            #expect(events.map(\.type) == [.connected, .shellOutput])
        }
    }

    @Test("The statuses can be placeholders, in which all lists are null")
    func placeholder() async throws {
        try await withStream(configuration: Self.configuration { $0.replay = .placeholder }) { _, client in
            let texts = try await client.texts(3)
            #expect(texts.dropFirst().allSatisfy { $0.contains(#""modified":null,"added":null"#) })
            #expect(texts.dropFirst().allSatisfy { $0.contains(#""branch":"""#) && !$0.contains("head_commit") })
        }
    }

    @Test("Messages are lost without a trace, also generated ones", arguments: [nil, 1000.0])
    func lost(rate: Double?) async throws {
        var configuration = Self.configuration { $0.lostMessages = [1, 4] }
        configuration.scenario.attempts = [[.generate(GeneratedEvents(count: 5, rate: rate)), .close(.normalClosure)]]
        try await withStream(configuration: configuration) { _, client in
            let (events, _) = await client.rest()
            var generator = EventGenerator(seed: 1)
            let generated = (0..<5).map { _ in generator.next() }
            #expect(events.prefix(2).map(\.type) == [.connected, .gitStatus])
            // Message 1 is a status, and message 4 the second generated event.
            #expect(Array(events.dropFirst(2)) == [generated[0]] + generated[2...])
        }
    }

    @Test("Pings and ping commands can be ignored, as many as wanted")
    func pings() async throws {
        let configuration = Self.configuration { ($0.ignoredPings, $0.ignoredPingCommands) = (1, 2) }
        try await withStream(configuration: configuration) { server, client in
            let lost = Task { try await client.connection.ping() }
            for _ in 0..<3 { try await client.send(.ping) }
            let events = try await client.events(4)
            #expect(events.last?.type == .pong)
            #expect(server.commands.count == 3)
            server.broadcast(.shell("after"))
            #expect(try await client.events(1) == [.shell("after")])
            // The first Ping is ignored. The second one is answered, which answers the first one, too.
            _ = try await client.connection.ping()
            _ = try await lost.value
        }
    }
}
