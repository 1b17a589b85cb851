import ConcurrencyPrimitives

@testable import RuntimeLifecycle

/// A clock that the test advances by hand.
final class ManualClock: LifecycleClock {
    private struct State {
        var now = Duration.zero
        var sleepers: [(deadline: Duration, answer: Promise<Void>)] = []
    }

    private let state = Locked(State())

    var now: Duration { self.state.withLock { $0.now } }

    /// The number of sleeping tasks.
    var sleeperCount: Int { self.state.withLock { $0.sleepers.count } }

    func sleep(until deadline: Duration) async throws {
        let answer = Promise<Void>()
        let isPast = self.state.withLock { state in
            if deadline > state.now { state.sleepers.append((deadline, answer)) }
            return deadline <= state.now
        }
        guard !isPast else { return }
        // A cancelled sleeper no longer sleeps.
        defer { self.state.withLock { $0.sleepers.removeAll { $0.answer === answer } } }
        try await answer.waitUnlessCancelled()
    }

    /// Advances the time and wakes the tasks whose time has come.
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
