import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WorkspaceFollowing
import WorkspaceProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The state of a follower over real sockets", .timeLimit(.minutes(1)))
struct FollowerStateTests {
    @Test("A position is kept as JSON, and another follower goes on from it without a doubled or a lost event")
    func position() async throws {
        try await withMockServer(.followed) { server in
            server.broadcast(Sent.status(head: "c0"))
            let source = StaticEndpointSource(try server.endpoint)
            var kept: [UInt8] = []
            try await withFollower(of: source) { follower, log in
                try await log.wait(for: "status c0")
                server.broadcast(Sent.process("p", .running))
                server.broadcast(Sent.output("p", "1"))
                server.broadcast(Sent.shell("one, which is long enough to be found\r\n"))
                try await log.wait(for: "shell one, which is long enough to be found\r\n")
                // The last element counts as taken when the consumer comes back for more.
                try await eventually("it is taken") { follower.position.server == log.elements.last?.timestamp }
                kept = Array(try JSONEncoder().encode(follower.position))
            }
            server.broadcast(Sent.output("p", "2"))
            server.broadcast(Sent.shell("two\r\n"))
            server.broadcast(Sent.status(head: "c1"))
            server.broadcast(Sent.commit("c1", after: "c0"))
            let position = try JSONDecoder().decode(FollowerPosition.self, from: Data(kept))
            #expect(Array(try JSONEncoder().encode(position)).count == kept.count)
            try await withFollower(of: source, from: position) { _, log in
                try await log.wait(for: "live")
                #expect(
                    log.content == [
                        "gap stream disconnected", "+commit c1", "+p 2", "+shell two\r\n", "+refresh", "connected",
                        "status c1",
                    ]
                )
                server.broadcast(Sent.output("p", "3"))
                try await log.wait(for: "p 3")
            }
        }
    }

    @Test("A position of another instance is a gap that says so")
    func positionOfAnotherInstance() async throws {
        var configuration = MockServerConfiguration.followed
        configuration.instanceID = "two"
        try await withMockServer(configuration) { server in
            server.broadcast(Sent.shell("new\r\n"))
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url, instanceID: "two"))
            var position: FollowerPosition?
            try await withFollower(of: source) { follower, log in
                try await log.wait(for: "live")
                position = follower.position
            }
            position?.instanceID = "one"
            try await withFollower(of: source, from: position) { _, log in
                try await log.wait(for: "live")
                #expect(log.content.first == "gap stream replaced")
            }
        }
    }

    @Test("The snapshot is never older than the element in hand, and says what is stale")
    func snapshot() async throws {
        try await withFollowed { server, follower, log in
            server.broadcast(Sent.process("p", .running))
            server.broadcast(Sent.output("p", "1"))
            server.broadcast(Sent.status(head: "c1", modified: ["a"]))
            server.broadcast(Sent.shell("text"))
            try await log.wait(for: "shell text")
            var snapshot = follower.snapshot
            #expect(snapshot.connection == .live)
            #expect(snapshot.repositories[""]?.status.headCommit == "c1")
            #expect(snapshot.repositories[""]?.freshness == .fresh)
            #expect((snapshot.processes["p"]?.status.status, snapshot.processes["p"]?.outputs) == (.running, 1))
            #expect(snapshot.shell.tail == "text")
            try await server.outage {
                try await log.wait(for: "dialling", count: 2)
                snapshot = follower.snapshot
                guard case .staleSince = snapshot.repositories[""]?.freshness,
                    case .staleSince = snapshot.shell.freshness
                else {
                    Issue.record("\(snapshot)")
                    return
                }
            }
            try await log.wait(for: "live", count: 2)
            #expect(follower.snapshot.repositories[""]?.freshness == .fresh)
            #expect(follower.snapshot.shell.freshness == .fresh)
            #expect(follower.snapshot.processes["p"]?.freshness == .fresh)
        }
    }

    @Test("Snapshots come after changes, are joined when they come fast, and end with the follower")
    func snapshots() async throws {
        try await withMockServer(.followed) { server in
            let follower = try WorkspaceFollower(of: StaticEndpointSource(try server.endpoint), configuration: .quick)
            follower.discardElements()
            let watcher = Task {
                var count = 0
                var last: WorkspaceSnapshot?
                for try await snapshot in follower.snapshots { (count, last) = (count + 1, snapshot) }
                return (count, last)
            }
            follower.start()
            try await server.waitForConnections(1)
            for number in 0..<500 { server.broadcast(Sent.shell("\(number % 10)")) }
            try await eventually("all are seen") { follower.snapshot.shell.tail.utf8.count == 500 }
            await follower.close()
            let (count, last) = try await withTimeout("the snapshots end") { try await watcher.value }
            #expect(last?.connection == .gone(.closed))
            #expect(count < 500)
        }
    }

    @Test("Output that may be dropped is dropped oldest first, and a gap counts it; other events stay")
    func dropsOldest() async throws {
        try await withMockServer(.followed) { server in
            var configuration = FollowerConfiguration.quick
            configuration.queue.maximumEvents = 16
            configuration.queue.shellOutput = .dropOldest
            let follower = try WorkspaceFollower(
                of: StaticEndpointSource(try server.endpoint),
                configuration: configuration
            )
            follower.start()
            try await server.waitForConnections(1)
            for number in 0..<100 { server.broadcast(Sent.shell("<\(number)>")) }
            try await eventually("all are received") { follower.statistics.events == 102 }
            #expect(follower.statistics.pauses == 0)
            let log = ElementLog()
            let consumer = Task { try await log.take(follower) }
            try await log.wait(for: "shell <99>")
            let gap = try #require(log.gaps.first)
            let numbers = log.content.filter { $0.hasPrefix("shell") }
            #expect((gap.scope, gap.cause, gap.droppedEvents) == (.shell, .queueOverflow, 100 - numbers.count))
            #expect(numbers == ((100 - numbers.count)..<100).map { "shell <\($0)>" })
            #expect(numbers.count <= 16)
            #expect(follower.statistics.droppedOutputs == 100 - numbers.count)
            await follower.close()
            try await consumer.value
        }
    }

    @Test("Only the newest status of a repository waits, and many file changes become one refresh")
    func joined() async throws {
        try await withMockServer(.followed) { server in
            var configuration = FollowerConfiguration.quick
            configuration.queue.maximumFileChanges = 10
            let follower = try WorkspaceFollower(
                of: StaticEndpointSource(try server.endpoint),
                configuration: configuration
            )
            follower.start()
            try await server.waitForConnections(1)
            for number in 0..<50 {
                server.broadcast(Sent.status(head: "c\(number)"))
                server.broadcast(Sent.file("f\(number)"))
            }
            try await eventually("all are received") { follower.statistics.events == 102 }
            let log = ElementLog()
            let consumer = Task { try await log.take(follower) }
            try await log.wait(for: "status c49")
            #expect(log.content == ["connected", "+refresh", "status c49"])
            #expect(follower.statistics.supersededStatuses == 50)
            #expect(follower.statistics.joinedFileChanges == 50)
            await follower.close()
            try await consumer.value
        }
    }
}
