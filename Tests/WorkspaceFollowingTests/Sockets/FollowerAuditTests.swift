import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WorkspaceFollowing
import WorkspaceProtocol

@Suite("Audits over real sockets", .timeLimit(.minutes(1)))
struct FollowerAuditTests {
    /// A server whose channels are small, so that it soon drops what is not read.
    private static var small: MockServerConfiguration {
        var configuration = MockServerConfiguration.followed
        configuration.channelSlots = ChannelSlots(tracker: 4, shell: 4)
        return configuration
    }

    @Test("Output that the server dropped is told, and recovered from the ring of the process")
    func processOutput() async throws {
        try await withFollowed(Self.small) { server, follower, log in
            server.broadcast(Sent.process("p", .running))
            server.broadcast(Sent.output("p", "0"))
            try await log.wait(for: "p 0")
            server.stallAll()
            for number in 1...10 { server.broadcast(Sent.output("p", "\(number)")) }
            server.resumeAll()
            try await log.wait(for: "p 4")
            server.broadcast(Sent.output("p", "11"))
            try await log.wait(for: "p 11")
            #expect(server.streamCounts.map(\.dropped) == [6])
            let before = log.content.count
            follower.reconcile()
            try await log.wait(for: "+p 10")
            #expect(
                log.content.dropFirst(before).prefix(7)
                    == ["gap p suspectedDrop", "+p 5", "+p 6", "+p 7", "+p 8", "+p 9", "+p 10"]
            )
            let gap = try #require(log.gaps.first)
            #expect((gap.recovered, gap.certainty) == (.events(6), .exact))
            // A second audit finds nothing more.
            follower.reconcile()
            try await eventually("it has compared again") { follower.statistics.audits == 2 }
            #expect(log.content.count { $0.hasPrefix("+p") } == 6)
        }
    }

    @Test("Text that the server dropped is told")
    func shell() async throws {
        try await withFollowed(Self.small) { server, follower, log in
            server.broadcast(Sent.shell("0, which is long enough to be found again\r\n"))
            try await log.wait(for: "shell 0, which is long enough to be found again\r\n")
            server.stallAll()
            for number in 1...10 {
                server.broadcast(Sent.shell("\(number), which is long enough to be found again\r\n"))
            }
            server.resumeAll()
            try await log.wait(for: "shell 4, which is long enough to be found again\r\n")
            server.broadcast(Sent.shell("11, which is long enough to be found again\r\n"))
            try await log.wait(for: "shell 11, which is long enough to be found again\r\n")
            follower.reconcile()
            try await log.wait(for: "gap shell suspectedDrop")
        }
    }

    @Test("An audit that finds nothing says nothing of the output")
    func nothingDropped() async throws {
        try await withFollowed { server, follower, log in
            server.broadcast(Sent.process("p", .running))
            server.broadcast(Sent.output("p", "0"))
            server.broadcast(Sent.shell("text"))
            try await log.wait(for: "shell text")
            follower.reconcile()
            try await eventually("it has compared") { follower.statistics.audits == 1 }
            #expect(log.gaps.filter { $0.scope != .stream } == [])
        }
    }

    @Test("After a pause of our reading an audit follows by itself")
    func afterAPause() async throws {
        try await withMockServer(Self.small) { server in
            var configuration = FollowerConfiguration.quick
            configuration.queue.maximumEvents = 8
            let follower = try WorkspaceFollower(
                of: StaticEndpointSource(try server.endpoint),
                configuration: configuration
            )
            follower.start()
            try await server.waitForConnections(1)
            server.broadcast(Sent.process("p", .running))
            for number in 0..<100 { server.broadcast(Sent.output("p", "\(number)")) }
            try await eventually("it has stopped reading") { follower.statistics.pauses > 0 }
            let log = ElementLog()
            let consumer = Task { try await log.take(follower) }
            try await eventually("it has compared") { follower.statistics.audits > 0 }
            await follower.close()
            try await consumer.value
        }
    }
}
