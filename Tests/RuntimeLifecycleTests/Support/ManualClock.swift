import ConcurrencyPrimitives

@testable import RuntimeLifecycle

/// A clock that is turned by hand.
final class ManualClock: LifecycleClock {
    private struct State {
        var now = Duration.zero
        var sleepers: [(deadline: Duration, answer: Promise<Void>)] = []
    }

    private let state = Locked(State())

    var now: Duration { self.state.withLock { $0.now } }

    /// How many tasks sleep.
    var sleeperCount: Int { self.state.withLock { $0.sleepers.count } }

    func sleep(until deadline: Duration) async throws {
        let answer = Promise<Void>()
        let isPast = self.state.withLock { state in
            if deadline > state.now { state.sleepers.append((deadline, answer)) }
            return deadline <= state.now
        }
        guard !isPast else { return }
        // A sleeper that was cancelled sleeps no more.
        defer { self.state.withLock { $0.sleepers.removeAll { $0.answer === answer } } }
        try await answer.waitUnlessCancelled()
    }

    /// Lets time pass and wakes those whose time has come.
    func advance(by duration: Duration) {
        let woken = self.state.withLock { state in
            state.now += duration
            let woken = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return woken
        }
        for sleeper in woken { sleeper.answer.resolve(()) }
    }
}
