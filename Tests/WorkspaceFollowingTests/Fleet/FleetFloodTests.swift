import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("A fleet with a workspace that floods", .timeLimit(.minutes(2)))
struct FleetFloodTests {
    @Test("A flood does not delay the others: each turn of it is at most a quantum and an element")
    func flood() async throws {
        try await withMockServers(3) { servers in
            let fleet = try WorkspaceFleet(configuration: .quick)
            let floods = try fleet.follow("flood", at: try servers[0].source)
            for number in 1...2 { try fleet.follow("quiet\(number)", at: try servers[number].source) }
            for server in servers { try await server.waitForConnections(1) }
            let piece = String(repeating: "x", count: 4000)
            for _ in 0..<400 { servers[0].broadcast(Sent.shell(piece)) }
            try await eventually("the flood waits") { floods.statistics.events >= 300 }
            for number in 1...2 {
                let quiet = try #require(fleet.follower("quiet\(number)"))
                servers[number].broadcast(Sent.shell("q"))
                try await eventually("the quiet one waits") { quiet.statistics.events >= 2 }
            }
            var turns: [(workspace: String, bytes: Int)] = []
            for try await batch in fleet.batches {
                let bytes = batch.elements.reduce(0) { sum, element in
                    if case .event(let event) = element, case .shellOutput(let text) = event.content {
                        sum + text.utf8.count
                    } else {
                        sum
                    }
                }
                turns.append((batch.workspace, bytes))
                if turns.count(where: { $0.workspace != "flood" }) == 2 { break }
            }
            for turn in turns { #expect(turn.bytes <= 64 << 10 + 4000, "\(turns)") }
            #expect(turns.count <= 5, "\(turns)")
            #expect(await fleet.close() == [])
            for server in servers { try await server.waitForSockets(0) }
        }
    }

    @Test("The memory budget is kept, the greediest is paused, the others go on, and nothing is lost after the pause")
    func budget() async throws {
        try await withMockServers(3) { servers in
            var configuration = FleetConfiguration.quick
            configuration.memoryBudget = 1 << 20
            let fleet = try WorkspaceFleet(configuration: configuration)
            let floods = try fleet.follow("flood", at: try servers[0].source)
            let quiet = try fleet.follow("quiet", at: try servers[1].source)
            try fleet.follow("third", at: try servers[2].source)
            for server in servers { try await server.waitForConnections(1) }
            let piece = String(repeating: "x", count: 8000)
            for number in 0..<1000 { servers[0].broadcast(Sent.output("p", "\(number) \(piece)")) }
            try await eventually("the flood is paused") { floods.statistics.pauses > 0 }
            #expect(fleet.core.budget.withLock { $0.budget.pausedCount } == 1)
            let used = floods.core.state.withLock { $0.following.weight }
            #expect((400 << 10...1300 << 10).contains(used), "\(used)")
            // The others read on.
            servers[1].broadcast(Sent.shell("q"))
            try await eventually("the quiet one reads") { quiet.statistics.events >= 3 }
            #expect(quiet.statistics.pauses == 0)

            let log = FleetLog()
            let consumer = Task { try await log.take(fleet) }
            try await eventually("all is taken") {
                log.words("flood").contains { $0.hasPrefix("p 999 ") } && log.words("quiet").contains("shell q")
            }
            let numbers = log.words("flood").filter { $0.hasPrefix("p ") || $0.hasPrefix("+p ") }
                .map { $0.split(separator: " ")[1] }
            #expect(Set(numbers).count == 1000 || log.words("flood").contains { $0.contains("suspectedDrop") })
            try await eventually("all pauses have ended") {
                fleet.core.budget.withLock { $0.budget.pausedCount == 0 && $0.budget.used == 0 }
            }
            #expect(await fleet.close() == [])
            try await consumer.value
        }
    }

    @Test("A pause of the budget is followed by an audit, like every pause of our reading")
    func audits() async throws {
        try await withMockServers(1) { servers in
            var configuration = FleetConfiguration.quick
            configuration.memoryBudget = 256 << 10
            try await withFleet(configuration) { fleet, log in
                let follower = try fleet.follow("a", at: try servers[0].source)
                try await log.wait(for: "live", of: "a")
                servers[0].broadcast(Sent.process("p", .running))
                let piece = String(repeating: "x", count: 100_000)
                for number in 0..<40 { servers[0].broadcast(Sent.output("p", "\(number) \(piece)")) }
                try await eventually("all is taken") { log.words("a").contains { $0.hasPrefix("p 39 ") } }
                if follower.statistics.pauses > 0 {
                    try await eventually("the audit") { follower.statistics.audits > 0 }
                }
            }
        }
    }
}
