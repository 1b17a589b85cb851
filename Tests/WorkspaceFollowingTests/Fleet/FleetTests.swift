import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("A fleet over real sockets", .timeLimit(.minutes(2)))
struct FleetTests {
    @Test("Elements of all workspaces come by one sequence, in order for each, and a close leaves nothing")
    func oneSequence() async throws {
        try await withMockServers(5) { servers in
            let log = FleetLog()
            let fleet = try WorkspaceFleet(configuration: .quick)
            let consumer = Task { try await log.take(fleet) }
            for (number, server) in servers.enumerated() { try fleet.follow("w\(number)", at: try server.source) }
            #expect(fleet.workspaces == ["w0", "w1", "w2", "w3", "w4"])
            for number in servers.indices { try await log.wait(for: "live", of: "w\(number)") }
            for piece in 0..<200 {
                for (number, server) in servers.enumerated() { server.broadcast(Sent.shell("\(number):\(piece),")) }
            }
            for number in servers.indices {
                let expected = (0..<200).map { "\(number):\($0)," }.joined()
                try await eventually("all of \(number)") { log.shell("w\(number)").utf8.count >= expected.utf8.count }
                #expect(log.shell("w\(number)") == expected)
                #expect(fleet.follower("w\(number)")?.snapshot.shell.tail == expected)
            }
            #expect(await fleet.close() == [])
            try await withTimeout("the elements end") { try await consumer.value }
            #expect(fleet.workspaces == [] && fleet.isClosed)
            for (number, server) in servers.enumerated() {
                #expect(log.words("w\(number)").last == "gone")
                try await server.waitForSockets(0)
            }
            // Every close waits, also the second one.
            #expect(await fleet.close() == [])
            try await fleet.waitUntilEnded()
        }
    }

    @Test("An id is followed once, nobody is admitted after the close, and the codes say which it was")
    func closed() async throws {
        try await withMockServers(1) { servers in
            let fleet = try WorkspaceFleet(configuration: .quick)
            try fleet.follow("a", at: try servers[0].source)
            #expect(throws: AgentRuntimeError.self) { try fleet.follow("a", at: try servers[0].source) }
            do { try fleet.follow("a", at: try servers[0].source) } catch let error as AgentRuntimeError {
                #expect(error.code == .alreadyFollowed && error.retry == .never, "\(error)")
            }
            await fleet.close()
            do {
                try fleet.follow("b", at: try servers[0].source)
                Issue.record("It was admitted.")
            } catch let error as AgentRuntimeError {
                #expect(error.code == .fleetClosed && error.retry == .never, "\(error)")
            }
            #expect(fleet.workspaces == [] && fleet.follower("a") == nil)
            for try await element in fleet.elements where element.workspace != "a" { Issue.record("\(element)") }
            try await servers[0].waitForSockets(0)
        }
    }

    @Test("Workspaces come and leave while others go on, and one that comes back goes on in order")
    func addAndRemove() async throws {
        try await withMockServers(2) { servers in
            try await withFleet { fleet, log in
                try fleet.follow("a", at: try servers[0].source)
                try fleet.follow("b", at: try servers[1].source)
                try await log.wait(for: "live", of: "a")
                try await log.wait(for: "live", of: "b")
                for round in 1...5 {
                    servers[0].broadcast(Sent.shell("\(round)"))
                    try await eventually("the output") { log.shell("a").hasSuffix("\(round)") }
                    let position = fleet.follower("a")?.position
                    #expect(await fleet.unfollow("a") == [])
                    #expect(fleet.workspaces == ["b"])
                    try await servers[0].waitForSockets(0)
                    try fleet.follow("a", at: try servers[0].source, from: position)
                    try await log.wait(for: "live", of: "a", count: round + 1)
                    servers[1].broadcast(Sent.shell("\(round)"))
                }
                try await eventually("b is not disturbed") { log.shell("b") == "12345" }
                #expect(log.shell("a") == "12345")
                #expect(log.words("b").filter { $0 == "live" } == ["live"])
                #expect(await fleet.unfollow("nobody") == [])
            }
        }
    }

    @Test("What was received can still be taken after a workspace was left, and it ends with gone")
    func drains() async throws {
        try await withMockServers(1) { servers in
            let fleet = try WorkspaceFleet(configuration: .quick)
            let follower = try fleet.follow("a", at: try servers[0].source)
            try await servers[0].waitForConnections(1)
            for number in 0..<100 { servers[0].broadcast(Sent.shell("\(number % 10)")) }
            try await eventually("all are received") { follower.statistics.events >= 101 }
            #expect(await fleet.unfollow("a") == [])
            #expect(fleet.workspaces == [])
            try fleet.follow("a", at: try servers[0].source)
            try await servers[0].waitForConnections(1)
            let log = FleetLog()
            let consumer = Task { try await log.take(fleet) }
            try await log.wait(for: "live", of: "a", count: 2)
            let words = log.words("a")
            let gone = try #require(words.firstIndex(of: "gone"))
            #expect(words[..<gone].count { $0.hasPrefix("shell") } == 100)
            #expect(words[gone...].contains("live"))
            await fleet.close()
            try await consumer.value
        }
    }

    @Test("A follower that ends by itself stays in the list with its end, and hurts nobody")
    func endsByItself() async throws {
        var refusing = MockServerConfiguration.followed
        refusing.scenario = Scenario([.refuseUpgrade(status: 401)])
        try await withMockServers(1, refusing) { refused in
            try await withMockServers(1) { servers in
                try await withFleet { fleet, log in
                    try fleet.follow("bad", at: try refused[0].source)
                    try fleet.follow("good", at: try servers[0].source)
                    try await log.wait(for: "gone", of: "bad")
                    try await log.wait(for: "live", of: "good")
                    #expect(fleet.workspaces == ["bad", "good"])
                    let end = try await withTimeout("its end") { try await fleet.follower("bad")?.waitUntilEnded() }
                    #expect(end?.failure?.error?.code == .unauthorized)
                    servers[0].broadcast(Sent.shell("x"))
                    try await log.wait(for: "shell x", of: "good")
                    #expect(await fleet.unfollow("bad") == [])
                    #expect(fleet.workspaces == ["good"])
                }
            }
        }
    }

    @Test("A dead server does not hurt the others, and is closed in every state of its attempts")
    func deadServer() async throws {
        var dead = MockServerConfiguration.followed
        dead.scenario = Scenario([.holdUpgrade(nil)])
        try await withMockServers(3, dead) { holding in
            try await withMockServers(2) { servers in
                try await withFleet { fleet, log in
                    for (number, server) in holding.enumerated() {
                        try fleet.follow("dead\(number)", at: try server.source)
                    }
                    // Nobody listens there.
                    try fleet.follow("none", at: StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1")))
                    for (number, server) in servers.enumerated() {
                        try fleet.follow("w\(number)", at: try server.source)
                    }
                    for number in servers.indices { try await log.wait(for: "live", of: "w\(number)") }
                    try await log.wait(for: "waiting", of: "none", count: 2)
                    let clock = ContinuousClock()
                    let start = clock.now
                    #expect(await fleet.unfollow("dead0") == [])
                    #expect(clock.now - start < .seconds(5))
                    servers[0].broadcast(Sent.shell("x"))
                    try await log.wait(for: "shell x", of: "w0")
                }
                for server in holding + servers { try await server.waitForSockets(0) }
            }
        }
    }

    @Test("A second consumer is told so, a cancelled one leaves the elements, and who leaves a loop loses nothing")
    func consumers() async throws {
        try await withMockServers(2) { servers in
            let fleet = try WorkspaceFleet(configuration: .quick)
            let first = Task { for try await _ in fleet.elements {} }
            // One of the two is told; it is not known which of them waits first.
            let second = Task { for try await _ in fleet.batches {} }
            let errors = Locked<[any Error]>([])
            for task in [first, second] {
                Task { do { try await task.value } catch { errors.withLock { $0.append(error) } } }
            }
            try await eventually("one is told") { errors.withLock { $0.count } == 1 }
            #expect((errors.withLock { $0[0] } as? AgentRuntimeError)?.code == .alreadyReceiving)
            first.cancel()
            second.cancel()
            try await eventually("both have ended") { errors.withLock { $0.count } == 2 }
            #expect(errors.withLock { $0[1] } is CancellationError)

            for (number, server) in servers.enumerated() { try fleet.follow("w\(number)", at: try server.source) }
            for server in servers {
                try await server.waitForConnections(1)
                for number in 0..<300 { server.broadcast(Sent.shell("\(number),")) }
            }
            let log = FleetLog()
            for _ in 0..<700 {
                for try await element in fleet.elements {
                    log.add(element)
                    // The snapshot is exact to the element.
                    let snapshot = fleet.follower(element.workspace)?.snapshot
                    #expect(snapshot?.shell.tail == log.shell(element.workspace))
                    break
                }
                if log.words("w0").last == "shell 299,", log.words("w1").last == "shell 299," { break }
            }
            let all = (0..<300).map { "\($0)," }.joined()
            #expect(log.shell("w0") == all)
            #expect(log.shell("w1") == all)
            // The elements of a member of a fleet come by the fleet.
            let member = try #require(fleet.follower("w0"))
            await #expect(throws: AgentRuntimeError.self) { for try await _ in member.elements {} }
            await fleet.close()
        }
    }

    @Test("A fleet that nobody refers to any more ends by itself")
    func released() async throws {
        try await withMockServers(1) { servers in
            var fleet: WorkspaceFleet? = try WorkspaceFleet(configuration: .quick)
            weak let core = fleet
            try fleet?.follow("a", at: try servers[0].source)
            try await servers[0].waitForConnections(1)
            servers[0].broadcast(Sent.shell("x"))
            fleet = nil
            try await servers[0].waitForSockets(0)
            #expect(core == nil)
        }
    }

    @Test("A fleet that drops all elements keeps its states current, forgets what was left, and ends")
    func discards() async throws {
        try await withMockServers(2) { servers in
            let fleet = try WorkspaceFleet(configuration: .quick)
            try fleet.follow("early", at: try servers[0].source)
            try await fleet.waitUntilAll(.live, timeout: .seconds(20))
            fleet.discardElements()
            try fleet.follow("late", at: try servers[1].source)
            for server in servers {
                try await server.waitForConnections(1)
                server.broadcast(Sent.shell("x"))
            }
            for name in ["early", "late"] {
                try await eventually("the snapshot") { fleet.follower(name)?.snapshot.shell.tail == "x" }
            }
            for round in 0..<3 {
                #expect(await fleet.unfollow("late") == [])
                try await eventually("it is forgotten, \(round)") {
                    fleet.core.state.withLock { $0.sources.count == 1 }
                }
                try fleet.follow("late", at: try servers[1].source)
            }
            let consumer = Task { for try await element in fleet.elements { Issue.record("\(element)") } }
            #expect(await fleet.close() == [])
            try await withTimeout("the elements end") { try await consumer.value }
            #expect(fleet.core.state.withLock { $0.sources.isEmpty && $0.reading.isDrained })
            for server in servers { try await server.waitForSockets(0) }
        }
    }

    @Test("Numbers that can't be used are refused")
    func validates() throws {
        for change in [
            { $0.memoryBudget = 0 }, { $0.guaranteedBytes = 0 }, { $0.quantum = -1 }, { $0.quantum = .max },
            { $0.follower.queue.maximumEvents = 0 },
        ] as [(inout FleetConfiguration) -> Void] {
            var configuration = FleetConfiguration.quick
            change(&configuration)
            #expect(throws: AgentRuntimeError.self) { try WorkspaceFleet(configuration: configuration) }
        }
    }
}
