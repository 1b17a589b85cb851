import Foundation
import TestSupport
import Testing

/// Tests the real client, its streams and its queues with a transport and a clock that a seed controls.
///
/// `WSSTREAM_SCHEDULES` is the number of schedules, and `WSSTREAM_SEED` the first seed. A failure prints its seed;
/// `WSSTREAM_SEED=<seed> WSSTREAM_SCHEDULES=1` runs it again.
@Suite("Seeded schedules of the real client", .timeLimit(.minutes(60)))
struct ScheduleTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
    }

    @Test("In any order of the actions of users, server and network, close drains, no task hangs, and nothing is lost")
    func schedules() throws {
        let first = Self.number("WSSTREAM_SEED") ?? 1
        let count = Self.number("WSSTREAM_SCHEDULES") ?? 20_000
        var failures = 0
        var steps = 0
        let elapsed = try ContinuousClock().measure {
            for seed in first..<(first + count) where failures < 3 {
                let schedule = Schedule(seed: seed)
                try schedule.run()
                steps += schedule.executor.steps
                guard !schedule.violations.isEmpty else { continue }
                failures += 1
                Self.report(schedule)
            }
        }
        print("\(count) schedules from seed \(first): \(steps) steps in \(elapsed)")
    }

    @Test(
        "Schedules that found a fault once find none again",
        // A writer that failed during a graceful close left commands and a ping without a result.
        arguments: [105_973, 147_153, 186_648, 1_017_754, 120_648] as [UInt64]
    )
    func pastFailures(seed: UInt64) throws {
        let schedule = Schedule(seed: seed)
        try schedule.run()
        if !schedule.violations.isEmpty { Self.report(schedule) }
    }

    private static func report(_ schedule: Schedule) {
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
        for seed in UInt64(1)...50 {
            let (first, second) = (Schedule(seed: seed), Schedule(seed: seed))
            try first.run()
            try second.run()
            #expect(first.trace == second.trace)
            #expect(first.executor.steps == second.executor.steps)
        }
    }
}
