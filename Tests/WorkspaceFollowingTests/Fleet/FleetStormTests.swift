import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WorkspaceFollowing
import WorkspaceProtocol

@Suite("A fleet under calls from many tasks", .timeLimit(.minutes(2)))
struct FleetStormTests {
    @Test("Workspaces are added and left at the same time, and the close finds all of them", arguments: 0..<6)
    func storm(seed: Int) async throws {
        try await withMockServers(4) { servers in
            let log = FleetLog()
            let fleet = try WorkspaceFleet(configuration: .quick)
            let consumer = Task { try await log.take(fleet) }
            let refusals = Locked(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<6 {
                    let sources = try servers.map { try $0.source }
                    group.addTask {
                        var random = SplitMix64(seed: UInt64(seed * 100 + task))
                        for _ in 0..<25 {
                            let name = "w\(Int.random(in: 0..<8, using: &random))"
                            if Bool.random(using: &random) {
                                let source = sources[Int.random(in: 0..<4, using: &random)]
                                do { try fleet.follow(name, at: source) } catch { refusals.withLock { $0 += 1 } }
                            } else if Bool.random(using: &random) {
                                #expect(await fleet.unfollow(name) == [])
                            } else {
                                fleet.follower(name)?.reconnectNow()
                                _ = fleet.follower(name)?.snapshot
                                if Int.random(in: 0..<4, using: &random) == 0 { fleet.follower(name)?.requestClose() }
                            }
                        }
                    }
                }
                group.addTask {
                    for number in 0..<40 {
                        for server in servers { server.broadcast(Sent.shell("\(number)")) }
                        if number == 20 { servers[seed % 4].abortAll() }
                        await Task.yield()
                    }
                }
                group.addTask {
                    // The close comes in the middle.
                    for _ in 0..<(seed * 10) { await Task.yield() }
                    if seed % 2 == 1 { #expect(await fleet.close() == []) }
                }
                try await group.waitForAll()
            }
            #expect(await fleet.close() == [])
            try await withTimeout("the elements end") { try await consumer.value }
            #expect(fleet.workspaces == [])
            for server in servers { try await server.waitForSockets(0) }
        }
    }

    @Test("A close at the same time as an addition leaves nothing of it", arguments: 0..<20)
    func closeAgainstAdd(seed: Int) async throws {
        try await withMockServer(.followed) { server in
            let fleet = try WorkspaceFleet(configuration: .quick)
            let source = try server.source
            async let closed = fleet.close()
            for number in 0..<5 {
                guard (try? fleet.follow("\(seed) \(number)", at: source)) != nil else { break }
                await Task.yield()
            }
            #expect(await closed == [])
            #expect(fleet.workspaces == [])
            for try await _ in fleet.elements {}
            try await server.waitForSockets(0)
        }
    }
}
