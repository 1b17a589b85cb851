import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Deaths at any instruction", .timeLimit(.minutes(5)))
struct ChaosTests {
    @Test(
        "Three processes at a time, each killed at a moment drawn from the seed, runtimes too: never two, and it recovers",
        arguments: [UInt64(1), 2, 3, 4]
    )
    func chaos(seed: UInt64) async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            await Self.torment(sandbox, id, seed: seed, rounds: 30)
            let start = await sandbox.act("getOrStart", on: id)
            #expect(start.code == 0, "seed \(seed): \(start.output)")
            let record = try #require(sandbox.record(id))
            #expect(sandbox.runtimes() == [try #require(record.child).pid], "seed \(seed)")
            #expect(!sandbox.hadOverlap, "seed \(seed): \(sandbox.censusLines())")
            let stop = await sandbox.act("stop", on: id)
            #expect(stop.code == 0 && sandbox.processes().isEmpty, "seed \(seed): \(stop.output)")
        }
    }

    private static func torment(_ sandbox: Sandbox, _ id: WorkspaceID, seed: UInt64, rounds: Int) async {
        var random = SplitMix64(seed: seed)
        for _ in 0..<rounds {
            let plans = (0..<3).map { _ in
                (
                    ["getOrStart", "getOrStart", "restart", "stop", "recover"].randomElement(using: &random)
                        ?? "getOrStart",
                    UInt32.random(in: 0...100_000, using: &random)
                )
            }
            if Bool.random(using: &random), let child = sandbox.record(id)?.child, ProcessTable.isAlive(child) {
                Processes.kill(child)
            }
            await withTaskGroup(of: Void.self) { tasks in
                for (verb, delay) in plans {
                    tasks.addTask { _ = await sandbox.act(verb, on: id, killedAfter: delay) }
                }
            }
        }
    }
}
