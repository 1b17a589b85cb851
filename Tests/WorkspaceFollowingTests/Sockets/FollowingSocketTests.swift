import TestSupport
import Testing
import WorkspaceFollowing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `WSSTREAM_SEED` is the first seed, and `WSSTREAM_WORKSPACES` the number of workspaces side by side, each with 38
/// faults. A failure prints its seed; `WSSTREAM_SEED=<seed> WSSTREAM_WORKSPACES=1` runs it again, but for the timing of
/// the sockets.
@Suite("Followed workspaces through faults over real sockets", .timeLimit(.minutes(2)))
struct FollowingSocketTests {
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap(Int.init) }

    /// The workspaces side by side.
    private static let width = 8
    /// The faults of each; together they are at least 300.
    private static let faults = 38

    @Test("300 faults, 8 side by side: each event comes once or lies inside of a gap, and the state is the server's")
    func faults() async throws {
        let first = Self.number("WSSTREAM_SEED") ?? 1
        let width = Self.number("WSSTREAM_WORKSPACES") ?? Self.width
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in first..<first + width { group.addTask { try await Self.check(UInt64(seed)) } }
            try await group.waitForAll()
        }
    }

    private static func check(_ seed: UInt64) async throws {
        var run = try await FaultRun(seed: seed, faults: Self.faults)
        do {
            let problems = try await run.run()
            let summary = run.summary
            #expect(summary.recovered > 0 && summary.missing < summary.events)
            guard !problems.isEmpty else { return }
            Issue.record("WSSTREAM_SEED=\(seed): \(problems)\n\(run.story.joined(separator: ", "))\n\(run.trace)")
        } catch {
            Issue.record("WSSTREAM_SEED=\(seed): \(error)\n\(run.story.joined(separator: ", "))\n\(run.trace)")
        }
    }
}
