import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("Seeded schedules of the gate", .timeLimit(.minutes(5)))
struct GateScheduleTests {
    private struct Outcome: Equatable {
        var isDone: Bool
        var most: Int
        var held: Int
        var log: [String]
    }

    @Test("In 400 schedules with cancellations and deadlines: one inside, everyone answered, nothing left")
    func schedules() async {
        for seed in UInt64(1)...400 {
            let outcome = await BlockingThread.run { Self.run(seed: seed) }
            #expect(outcome.isDone && outcome.most == 1 && outcome.held == 0 && outcome.log.count == 8, "seed \(seed)")
        }
    }

    @Test("A seed gives the same order every time, and different seeds give different orders")
    func reproducible() async {
        let runs = await BlockingThread.run { (1...20).map { Self.run(seed: $0) } }
        let again = await BlockingThread.run { (1...20).map { Self.run(seed: $0) } }
        #expect(runs == again)
        #expect(Set(runs.map(\.log)).count > 10)
    }

    @Test("A free gate is granted in every schedule, even with no time left to wait for it")
    func noTimeLeft() async throws {
        let id = try WorkspaceID("blue")
        let granted = await BlockingThread.run {
            (UInt64(1)...50).filter { seed in
                let (clock, log) = (ManualClock(), Recorder<Bool>())
                let gate = WorkspaceGate(clock: clock)
                let isDone = SeededExecutor(seed: seed).run(clock) {
                    let held = try? await gate.acquire(id, for: .stop, within: .zero)
                    log.append(held != nil)
                }
                return isDone && log.take() == [true] && gate.heldCount == 0
            }
        }
        #expect(granted.count == 50)
    }

    private static func run(seed: UInt64) -> Outcome {
        let (clock, mark, log) = (ManualClock(), HighWaterMark(), Recorder<String>())
        let gate = WorkspaceGate(clock: clock)
        var random = SplitMix64(seed: seed)
        let contenders = (0..<8).map { Contender(number: $0, random: &random) }
        let isDone = SeededExecutor(seed: seed).run(clock) {
            await withTaskGroup(of: Void.self) { tasks in
                for contender in contenders {
                    tasks.addTask { log.append(await contender.run(gate, clock, mark)) }
                }
            }
        }
        return Outcome(isDone: isDone, most: mark.most, held: gate.heldCount, log: log.take())
    }
}

/// A task that wants the gate; the seed decides its limits and when it gives up.
private struct Contender: Sendable {
    let number: Int
    let limit: Duration?
    let cancelledAfter: Duration?
    let yields: Int

    init(number: Int, random: inout SplitMix64) {
        self.number = number
        self.limit = Bool.random(using: &random) ? .milliseconds(Int.random(in: 0...4, using: &random)) : nil
        self.cancelledAfter = Bool.random(using: &random) ? .milliseconds(Int.random(in: 0...4, using: &random)) : nil
        self.yields = Int.random(in: 0...3, using: &random)
    }

    func run(_ gate: WorkspaceGate, _ clock: ManualClock, _ mark: HighWaterMark) async -> String {
        guard let id = try? WorkspaceID("blue") else { return "" }
        return await withTaskGroup(of: String?.self) { tasks in
            tasks.addTask { await self.enter(gate, id, clock, mark) }
            if let cancelledAfter = self.cancelledAfter {
                tasks.addTask {
                    try? await clock.sleep(until: clock.now + cancelledAfter)
                    return nil
                }
            }
            // The first end decides: that of the patience or that of the work.
            let first = await tasks.next() ?? nil
            tasks.cancelAll()
            var outcome = first
            while let other = await tasks.next() { outcome = outcome ?? other }
            return outcome ?? ""
        }
    }

    private func enter(
        _ gate: WorkspaceGate,
        _ id: WorkspaceID,
        _ clock: ManualClock,
        _ mark: HighWaterMark
    ) async -> String {
        do {
            return try await gate.withGate(of: id, for: .restart, within: self.limit) { _ in
                mark.enter()
                for _ in 0..<self.yields { try? await clock.sleep(until: clock.now + .milliseconds(1)) }
                mark.leave()
                return "\(self.number) passed"
            }
        } catch let error as LifecycleError { return "\(self.number) \(error.code)" } catch {
            return "\(self.number) left"
        }
    }
}
