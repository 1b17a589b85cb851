import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("Following a workspace", .timeLimit(.minutes(1)))
struct FollowerTests {
    private static var quick: FollowerConfiguration {
        var configuration = FollowerConfiguration()
        configuration.reconnect.firstRetry = .milliseconds(10)
        configuration.recovery.statusWait = .milliseconds(100)
        configuration.dialLimiter = DialLimiter()
        return configuration
    }

    private static func withFollower(
        _ change: (inout MockServerConfiguration) -> Void = { _ in },
        _ body: (MockServer, WorkspaceFollower) async throws -> Void
    ) async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = .idle
        change(&configuration)
        try await withMockServer(configuration) { server in
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url))
            try await WorkspaceFollower.withFollower(of: source, configuration: Self.quick) { follower in
                try await body(server, follower)
                #expect(await follower.close().isEmpty)
                #expect(follower.work.isEmpty)
            }
        }
    }

    /// Takes elements until one says this.
    private static func take(
        _ iterator: inout FollowedElements.Iterator,
        until word: String
    ) async throws -> [FollowedElement] {
        var elements: [FollowedElement] = []
        while let element = try await iterator.next() {
            elements.append(element)
            if [element].words.first?.hasPrefix(word) == true { break }
        }
        return elements
    }

    @Test("On the first connection each event comes as it is, and nothing is asked")
    func first() async throws {
        try await Self.withFollower { server, follower in
            var iterator = follower.elements.makeAsyncIterator()
            let begin = try await Self.take(&iterator, until: "event status")
            #expect(begin.words.contains("event connected") && begin.words.contains("live"))
            server.broadcast(.shell("hello"))
            #expect(try await Self.take(&iterator, until: "event shell").words == ["event shell hello"])
            #expect(follower.snapshot.shell.tail == "hello")
            #expect(follower.snapshot.connection == .live)
            #expect(begin.gaps.isEmpty)
            #expect(follower.statistics.eventsByType[.shellOutput] == 1)
        }
    }

    @Test("After a lost connection: the gap, what was missed, then live events")
    func reconnect() async throws {
        try await Self.withFollower {
            $0.hasShell = true
        } _: { server, follower in
            var iterator = follower.elements.makeAsyncIterator()
            _ = try await Self.take(&iterator, until: "event status")
            let line = "a line of output that can be found again later\n"
            server.broadcast(.shell(line))
            _ = try await Self.take(&iterator, until: "event shell")
            server.abortAll()
            _ = try await Self.take(&iterator, until: "waiting")
            server.broadcast(.shell("missed\n"))
            let back = try await Self.take(&iterator, until: "live")
            #expect(back.words.contains("gap stream disconnected"))
            #expect(back.words.contains("recovered shell missed\n"))
            try await server.waitForConnections(1)
            server.broadcast(.shell("later\n"))
            let later = try await Self.take(&iterator, until: "event shell")
            #expect(later.words.last == "event shell later\n")
            #expect(follower.snapshot.shell.tail.hasSuffix(line + "missed\nlater\n"))
            #expect(follower.statistics.losses == 1)
        }
    }

    @Test("A close during a wait returns at once, and the elements end with it")
    func closeWhileWaiting() async throws {
        var configuration = Self.quick
        (configuration.reconnect.firstRetry, configuration.reconnect.shortestWait) = (.seconds(20), .seconds(20))
        let source = StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1"))
        let follower = try WorkspaceFollower(of: source, configuration: configuration)
        follower.start()
        var iterator = follower.elements.makeAsyncIterator()
        _ = try await Self.take(&iterator, until: "waiting")
        let clock = ContinuousClock()
        let time = await clock.measure { #expect(await follower.close().isEmpty) }
        #expect(time < .seconds(1))
        #expect(try await Self.take(&iterator, until: "gone").words == ["gone"])
        #expect(try await iterator.next() == nil)
        #expect(follower.end == .closed)
    }

    @Test("A follower of a client ends when the client closes, and the client waits for it")
    func clientCloses() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = .idle
        try await withMockServer(configuration) { server in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
            let follower = try WorkspaceFollower(of: client, configuration: Self.quick)
            follower.start()
            try await server.waitForConnections(1)
            #expect(await client.close().isEmpty)
            #expect(follower.end == .closed)
            #expect(follower.work.isEmpty)
            await server.stop()
        }
    }

    @Test("A refusal that no retry can mend ends the follower, with its error")
    func unauthorized() async throws {
        var configuration = MockServerConfiguration()
        configuration.token = "s3cr3t"
        try await withMockServer(configuration) { server in
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url, token: "wrong"))
            try await WorkspaceFollower.withFollower(of: source, configuration: Self.quick) { follower in
                var iterator = follower.elements.makeAsyncIterator()
                let all = try await Self.take(&iterator, until: "gone")
                #expect(all.words == ["dialling", "gone"])
                #expect(try await follower.waitUntilEnded().failure?.error?.code == .unauthorized)
            }
        }
    }
}
