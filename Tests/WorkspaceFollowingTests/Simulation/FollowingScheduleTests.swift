import Foundation
import TestSupport
import Testing

/// Tests real followers against an agentctl in memory whose clock, network and faults a seed controls.
///
/// `WSSTREAM_SCHEDULES` is the number of schedules, and `WSSTREAM_SEED` the first seed. A failure prints its seed;
/// `WSSTREAM_SEED=<seed> WSSTREAM_SCHEDULES=1` runs it again.
@Suite("Seeded schedules of the real follower", .timeLimit(.minutes(60)))
struct FollowingScheduleTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
    }

    @Test("Whatever server and network do, every event is delivered once, or a gap covers it")
    func schedules() throws {
        let first = Self.number("WSSTREAM_SEED") ?? 1
        let count = Self.number("WSSTREAM_SCHEDULES") ?? 2000
        var failures = 0
        var steps = 0
        let elapsed = try ContinuousClock().measure {
            for seed in first..<(first + count) where failures < 3 {
                let schedule = FollowingSchedule(seed: seed)
                try schedule.run()
                steps += schedule.executor.steps
                guard !schedule.violations.isEmpty else { continue }
                failures += 1
                try Self.report(seed)
            }
        }
        print("\(count) schedules of a follower from seed \(first): \(steps) steps in \(elapsed)")
    }

    /// Runs a schedule that has failed again, with its trace.
    private static func report(_ seed: UInt64) throws {
        let schedule = FollowingSchedule(seed: seed, isTraced: true)
        try schedule.run()
        Issue.record(
            """
            \(schedule.violations.joined(separator: "; "))
            Again with WSSTREAM_SEED=\(schedule.seed) WSSTREAM_SCHEDULES=1:
              \(schedule.trace.joined(separator: "\n  "))
            """
        )
    }

    @Test("The same seed gives the same schedule")
    func replays() throws {
        for seed in UInt64(1)...20 {
            let (first, second) = (
                FollowingSchedule(seed: seed, isTraced: true), FollowingSchedule(seed: seed, isTraced: true)
            )
            try first.run()
            try second.run()
            #expect(first.trace == second.trace)
            #expect(first.executor.steps == second.executor.steps)
        }
    }
}
