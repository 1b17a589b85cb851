import Testing

@testable import RuntimeLifecycle

@Suite("The budget of reactive restarts")
struct RestartBudgetTests {
    private let boot = "boot"

    private func inputs(
        _ seconds: Int,
        jitter: Double = 0,
        complainedAt: Int? = nil,
        _ change: (inout RestartPolicy) -> Void = { _ in }
    ) -> RestartInputs {
        var inputs = RestartInputs(now: .seconds(seconds), jitter: jitter, wallMilliseconds: 7)
        inputs.complainedAt = complainedAt.map { .seconds($0) }
        change(&inputs.policy)
        return inputs
    }

    @Test("Pauses double with jitter up to a limit, and then it is given up until somebody asks")
    func pauses() {
        var (budget, now) = (RestartBudget(), 0)
        let limits: (inout RestartPolicy) -> Void = {
            ($0.maximumAttempts, $0.jitter) = (3, 0.5)
            ($0.initialBackOff, $0.maximumBackOff) = (.seconds(4), .seconds(6))
        }
        for (jitter, pause) in [(-1.0, 2), (1.0, 9), (0.0, 6)] {
            #expect(budget.decide(self.inputs(now, limits), in: self.boot, provenAt: nil) == .restart)
            budget.attempt(self.inputs(now, jitter: jitter, limits), in: self.boot)
            #expect(budget.earliest?.time(in: self.boot) == .seconds(now + pause))
            let early = budget.decide(self.inputs(now + pause - 1, limits), in: self.boot, provenAt: nil)
            #expect(early == (budget.used < 3 ? .wait(until: .seconds(now + pause)) : .giveUp))
            now += pause
        }
        #expect(budget.decide(self.inputs(now, limits), in: self.boot, provenAt: nil) == .giveUp)
        budget.giveUp(self.inputs(now, limits))
        // Neither time nor a more generous policy resets it.
        #expect(budget.decide(self.inputs(10_000), in: self.boot, provenAt: .zero) == .giveUp)
        budget.reset()
        #expect(budget.isFresh && budget.decide(self.inputs(now), in: self.boot, provenAt: nil) == .restart)
    }

    @Test("Proven health up to the first complaint gives a fresh budget when it was long enough")
    func health() {
        var budget = RestartBudget()
        let limits: (inout RestartPolicy) -> Void = { ($0.maximumAttempts, $0.resetPeriod) = (1, .seconds(100)) }
        budget.attempt(self.inputs(0, limits), in: self.boot)
        var short = budget
        let late = self.inputs(500, complainedAt: 200, limits)
        #expect(short.decide(late, in: self.boot, provenAt: .seconds(101)) == .giveUp)
        #expect(budget.decide(late, in: self.boot, provenAt: .seconds(100)) == .restart)
        #expect(budget.isFresh)
    }

    @Test("A deadline of another boot, or one that no pause can explain, binds nobody")
    func foreignClock() {
        var budget = RestartBudget()
        budget.earliest = BootTime(.seconds(90), in: "another boot")
        #expect(budget.decide(self.inputs(80), in: self.boot, provenAt: nil) == .restart)
        budget.earliest = BootTime(.seconds(1_000_000), in: self.boot)
        #expect(budget.decide(self.inputs(80), in: self.boot, provenAt: nil) == .restart)
    }

    @Test("Counts and times at their limits do not overflow")
    func limits() {
        var budget = RestartBudget(used: RestartBudget.highestCount)
        let longest: (inout RestartPolicy) -> Void = {
            ($0.initialBackOff, $0.maximumBackOff) = (.seconds(31_536_000), .seconds(31_536_000))
            $0.maximumAttempts = .max
        }
        budget.attempt(self.inputs(0, jitter: 1, longest), in: self.boot)
        #expect(budget.used == RestartBudget.highestCount)
        let pause = budget.earliest?.time(in: self.boot) ?? .zero
        #expect((.seconds(39_420_000) ... .seconds(39_420_001)).contains(pause))
    }

    @Test("A time is kept in whole milliseconds, never an earlier one")
    func rounding() {
        #expect(BootTime(.nanoseconds(1_000_001), in: "").milliseconds == 2)
        #expect(BootTime(.milliseconds(1500), in: "").milliseconds == 1500)
    }
}
