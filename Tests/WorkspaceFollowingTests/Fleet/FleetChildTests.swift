import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("A fleet with code for each workspace, and with sources of workspaces", .timeLimit(.minutes(2)))
struct FleetChildTests {
    private struct Refused: Error {}

    @Test("Each child takes the elements of its workspace, and a close lets it take the rest and waits for it")
    func children() async throws {
        try await withMockServers(3) { servers in
            let fleet = try WorkspaceFleet(configuration: .quick)
            let logs = servers.map { _ in ElementLog() }
            let ended = Locked(0)
            for (number, server) in servers.enumerated() {
                try fleet.follow("w\(number)", at: try server.source) { follower in
                    try await logs[number].take(follower)
                    ended.withLock { $0 += 1 }
                }
            }
            try await fleet.waitUntilAll(.live, timeout: .seconds(20))
            for (number, server) in servers.enumerated() { server.broadcast(Sent.shell("\(number)")) }
            for number in servers.indices { try await logs[number].wait(for: "shell \(number)") }
            #expect(await fleet.close() == [])
            #expect(ended.withLock { $0 } == 3)
            #expect(logs.allSatisfy { $0.states.last?.name == "gone" })
            for try await element in fleet.elements { Issue.record("\(element)") }
            for server in servers { try await server.waitForSockets(0) }
            #expect(fleet.core.state.withLock { $0.sources.isEmpty })
        }
    }

    @Test("A child that throws is called again with what it has not taken, and disturbs nobody")
    func restarts() async throws {
        try await withMockServers(2) { servers in
            try await withFleet { fleet, log in
                let texts = Locked<[String]>([])
                try fleet.follow("child", at: try servers[0].source) { follower in
                    for try await element in follower.elements {
                        texts.withLock { $0.append(element.words) }
                        if element.words == "shell bad" { throw Refused() }
                    }
                }
                try fleet.follow("other", at: try servers[1].source)
                try await fleet.waitUntilAll(.live, timeout: .seconds(20))
                for text in ["1", "bad", "2", "bad", "3"] { servers[0].broadcast(Sent.shell(text)) }
                try await eventually("all are taken") { texts.withLock { $0.last } == "shell 3" }
                #expect(texts.withLock { $0.filter { $0.hasPrefix("shell") } }.count == 5)
                let state = fleet.states[0]
                #expect(state.childErrors == 2 && state.lastChildError == "Refused()" && state.connection == .live)
                servers[1].broadcast(Sent.shell("x"))
                try await log.wait(for: "shell x", of: "other")
                #expect(log.words("child") == [])
            }
        }
    }

    @Test("A child that throws may end its workspace, which stays in the list; one that returns leaves it")
    func leaves() async throws {
        try await withMockServers(2) { servers in
            try await withFleet { fleet, _ in
                try fleet.follow("throws", at: try servers[0].source, policy: .leave) { _ in throw Refused() }
                try fleet.follow("returns", at: try servers[1].source) { follower in
                    for try await element in follower.elements where element.words == "live" { return }
                }
                try await eventually("one is left") { fleet.workspaces == ["throws"] }
                try await eventually("the other one has ended") { fleet.states.first?.connection == .gone(.closed) }
                #expect(fleet.states[0].lastChildError == "Refused()")
                for server in servers { try await server.waitForSockets(0) }
                #expect(await fleet.unfollow("throws") == [])
                #expect(fleet.workspaces == [])
            }
        }
    }

    @Test("A child that does not end is named by the close, which returns in bounded time")
    func stubborn() async throws {
        try await withMockServers(1) { servers in
            var configuration = FleetConfiguration.quick
            configuration.follower.runtime.closeTimeout = .milliseconds(200)
            let fleet = try WorkspaceFleet(configuration: configuration)
            let promise = Promise<Void>()
            try fleet.follow("stubborn", at: try servers[0].source) { _ in await promise.wait() }
            try await fleet.waitUntilAll(.live, timeout: .seconds(20))
            #expect(await fleet.unfollow("stubborn") == [.child])
            #expect(await fleet.close() == [FleetRemnant(workspace: "stubborn", work: [.child])])
            promise.resolve(())
            #expect(await fleet.close() == [])
            #expect(fleet.workspaces == [])
        }
    }

    @Test("Elements that nobody takes count in the budget also with a child, and the pause ends")
    func budget() async throws {
        try await withMockServers(1) { servers in
            var configuration = FleetConfiguration.quick
            configuration.memoryBudget = 512 << 10
            try await withFleet(configuration) { fleet, _ in
                let begin = Promise<Void>()
                let words = Locked<[String]>([])
                let follower = try fleet.follow("a", at: try servers[0].source) { follower in
                    try await begin.waitUnlessCancelled()
                    for try await element in follower.elements { words.withLock { $0.append(element.words) } }
                }
                try await servers[0].waitForConnections(1)
                let piece = String(repeating: "x", count: 10_000)
                for number in 0..<200 { servers[0].broadcast(Sent.output("p", "\(number) \(piece)")) }
                try await eventually("it is paused") { fleet.states[0].isPaused }
                #expect(fleet.states[0].queuedBytes < 700 << 10)
                begin.resolve(())
                // A gap may follow, because the runtime may have dropped something meanwhile.
                try await eventually("all is taken") { words.withLock { $0.contains { $0.hasPrefix("p 199 ") } } }
                try await eventually("the pause has ended") { !fleet.states[0].isPaused }
                #expect(follower.statistics.pauses > 0)
                #expect(fleet.core.budget.withLock { $0.budget.used } == 0)
            }
        }
    }

    @Test("What was held back during a recovery is given back to the budget at the end")
    func heldBack() async throws {
        try await withMockServers(1) { servers in
            try await withFleet { fleet, log in
                try fleet.follow("a", at: try servers[0].source)
                try await log.wait(for: "live", of: "a")
                var scenario = Scenario.idle
                scenario.faults.answers = [AnswerFault("GET /api/v1/shell/status", .late(.seconds(60)), count: 9)]
                try servers[0].setScenario(scenario)
                servers[0].abortAll()
                try await log.wait(for: "recovering", of: "a")
                try await servers[0].waitForConnections(1)
                let piece = String(repeating: "x", count: 10_000)
                for number in 0..<20 { servers[0].broadcast(Sent.output("p", "\(number) \(piece)")) }
                try await eventually("it is held back") { fleet.core.budget.withLock { $0.budget.used } > 64 << 10 }
                #expect(await fleet.unfollow("a") == [])
                try await log.wait(for: "gone", of: "a")
                try await eventually("nothing is counted") { fleet.core.budget.withLock { $0.budget.used } == 0 }
            }
        }
    }

    @Test("A workspace whose runtime is another one now is followed further, and a gap tells of it")
    func moved() async throws {
        try await withMockServers(2) { servers in
            try await withFleet { fleet, log in
                let (stream, changes) = AsyncStream.makeStream(of: FleetChange.self)
                let following = Task { try await fleet.follow(changes: stream) }
                changes.yield(.added("a", at: try servers[0].source))
                try await log.wait(for: "live", of: "a")
                await servers[0].stop()
                try await log.wait(for: "waiting", of: "a")
                changes.yield(.added("a", at: try servers[1].source))
                try await log.wait(for: "live", of: "a", count: 2)
                #expect(log.words("a").contains("gap stream replaced") && !log.words("a").contains("gone"))
                changes.finish()
                try await withTimeout("its end") { try await following.value }
            }
        }
    }

    @Test("A sequence of changes adds and removes workspaces, and the workspaces stay at its end")
    func changes() async throws {
        try await withMockServers(2) { servers in
            try await withFleet { fleet, log in
                let (stream, changes) = AsyncStream.makeStream(of: FleetChange.self)
                let following = Task { try await fleet.follow(changes: stream) }
                changes.yield(.added("a", at: try servers[0].source))
                changes.yield(.added("b", at: try servers[1].source))
                changes.yield(.added("a", at: try servers[0].source))
                try await log.wait(for: "live", of: "a")
                changes.yield(.removed("a"))
                changes.yield(.removed("nobody"))
                try await log.wait(for: "gone", of: "a")
                changes.yield(.added("a", at: try servers[0].source))
                changes.finish()
                try await withTimeout("its end") { try await following.value }
                try await log.wait(for: "live", of: "b")
                try await fleet.waitUntilAll(.live, timeout: .seconds(20))
                #expect(fleet.workspaces.sorted() == ["a", "b"])
                // The close of the fleet ends it.
                let (endless, _) = AsyncStream.makeStream(of: FleetChange.self)
                let waiting = Task { try await fleet.follow(changes: endless) }
                await fleet.close()
                try await withTimeout("its end") { try await waiting.value }
            }
        }
    }

    @Test("It says how many file descriptors it may need")
    func descriptors() throws {
        var configuration = FollowerConfiguration()
        configuration.recovery.maximumRequests = 4
        let few = FleetDescriptors(workspaces: 0, configuration)
        #expect(few.needed == 64 && few.limit > 0)
        let many = FleetDescriptors(workspaces: 1_000_000_000, configuration)
        #expect(many.needed == 5_000_000_064)
        if many.limit < many.needed { #expect(many.advice?.contains("5000000064") == true) }
        configuration.agent = AgentStreamConfiguration()
        #expect(FleetDescriptors(workspaces: 10, configuration).needed == 124)
    }
}
