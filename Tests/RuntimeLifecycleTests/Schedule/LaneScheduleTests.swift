import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Seeded schedules of the lane", .timeLimit(.minutes(5)))
struct LaneScheduleTests {
    private struct Outcome {
        var isDone: Bool
        var most: Int
        var answers: [String]
        var faults: [String]
    }

    @Test("In 400 schedules: one cycle at a time, every request answered, by a cycle that began after it")
    func schedules() async {
        for seed in UInt64(1)...400 {
            let outcome = await BlockingThread.run { Self.run(seed: seed) }
            #expect(outcome.isDone && outcome.most == 1 && outcome.answers.count == 8, "seed \(seed)")
            #expect(outcome.faults.isEmpty, "seed \(seed): \(outcome.faults)")
        }
    }

    @Test("A seed gives the same answers every time, and different seeds give different ones")
    func reproducible() async {
        let runs = await BlockingThread.run { (1...20).map { Self.run(seed: $0).answers } }
        let again = await BlockingThread.run { (1...20).map { Self.run(seed: $0).answers } }
        #expect(runs == again)
        #expect(Set(runs).count > 10)
    }

    @Test("Without the lane the same schedules have two cycles at once")
    func withoutLane() async {
        let most = await BlockingThread.run { (1...20).map { Self.run(seed: $0, usesLane: false).most }.max() ?? 0 }
        #expect(most > 1)
    }

    private static func run(seed: UInt64, usesLane: Bool = true) -> Outcome {
        let (clock, cycles, executor) = (ManualClock(), FakeCycles(), SeededExecutor(seed: seed))
        var policy = RestartPolicy()
        (policy.quietPeriod, policy.maximumWait) = (.milliseconds(2), .milliseconds(5))
        let work = DrainGroup(executor: executor)
        let lanes = LaneRegistry(policy: policy, clock: clock, work: work, announce: { _, _ in }) { _, batch, _ in
            await cycles.run(batch, clock)
        }
        var random = SplitMix64(seed: seed)
        let requests = (0..<8).map { Request(number: $0, random: &random) }
        let (answers, faults) = (Recorder<String>(), Recorder<String>())
        let isDone = executor.run(clock) {
            await withTaskGroup(of: Void.self) { tasks in
                for request in requests {
                    tasks.addTask { answers.append(await request.run(usesLane ? lanes : nil, clock, cycles, faults)) }
                }
            }
            await work.drain()
        }
        return Outcome(isDone: isDone, most: cycles.mark.most, answers: answers.take(), faults: faults.take())
    }
}

/// Cycles that take a moment, are numbered and sometimes fail.
private final class FakeCycles: Sendable {
    let mark = HighWaterMark()
    private let begun = Locked<UInt64>(0)

    var count: UInt64 { self.begun.withLock { $0 } }

    func run(_ batch: LaneBatch, _ clock: ManualClock) async -> CycleResult {
        let number = self.begun.withLock { count in
            count += 1
            return count
        }
        self.mark.enter()
        try? await clock.sleep(until: clock.now + .milliseconds(1))
        self.mark.leave()
        if number % 7 == 0 && batch.complaint != nil { return .postponed(until: clock.now + .milliseconds(2)) }
        // A failure answers too; it is told apart only by its words.
        guard number % 5 != 0 else { return .failed(LifecycleError(.notReady, String(number))) }
        let record = JournalRecord(generation: number)
        return batch.verb == .restart ? .running(record, isStarted: true) : .stopped(record, wasRunning: true)
    }
}

/// One who asks a lane for something, at a moment drawn from the seed.
private struct Request: Sendable {
    let number: Int
    let kind: Int
    let after: Duration

    init(number: Int, random: inout SplitMix64) {
        self.number = number
        self.kind = Int.random(in: 0...5, using: &random)
        self.after = .milliseconds(Int.random(in: 0...6, using: &random))
    }

    private var verb: LifecycleVerb {
        switch self.kind {
        case 2: .stop
        case 3: .delete
        default: .restart
        }
    }

    func run(
        _ lanes: LaneRegistry?,
        _ clock: ManualClock,
        _ cycles: FakeCycles,
        _ faults: Recorder<String>
    ) async -> String {
        try? await clock.sleep(until: clock.now + self.after)
        let before = cycles.count
        do {
            let id = try WorkspaceID("blue")
            let complaint: UInt64? = self.kind > 3 ? 1 : nil
            let answer =
                if let lanes { try await lanes.request(self.verb, on: id, complainingOf: complaint) } else {
                    LaneAnswer.served(.restart, await cycles.run(LaneBatch(verb: .restart, tickets: []), clock))
                }
            guard let served = Self.cycle(answer) else { return "\(self.number) \(answer)" }
            if served <= before {
                faults.append("\(self.number) was answered by cycle \(served), begun before it asked")
            }
            return "\(self.number) by \(served)"
        } catch { return "\(self.number) \(error)" }
    }

    /// The number of the cycle that served, if one did.
    private static func cycle(_ answer: LaneAnswer) -> UInt64? {
        guard case .served(_, let result) = answer else { return nil }
        switch result {
        case .running(let record, _), .stopped(let record, _), .settled(let record), .lost(let record):
            return record.generation
        case .failed(let error): return UInt64(error.message)
        case .postponed, .gaveUp: return nil
        }
    }
}
