import AgentRuntime
import ConcurrencyPrimitives
import TestSupport

/// The clock of a follower in a schedule.
struct SimulatedTimers: RuntimeTimers {
    private final class Timer: RuntimeTimer {
        private let work: Locked<(@Sendable () -> Void)?>

        init(_ work: @escaping @Sendable () -> Void) { self.work = Locked(work) }

        func cancel() { self.work.withLock { $0 = nil } }

        func fire() { self.work.withLock { $0.take() }?() }
    }

    let executor: SeededExecutor

    func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> any RuntimeTimer {
        let timer = Timer(work)
        self.executor.post(after: delay) { timer.fire() }
        return timer
    }

    /// Waits; cancelling the task ends the wait.
    func sleep(_ delay: Duration) async throws(CancellationError) {
        let promise = Promise<Void>()
        self.executor.post(after: delay) { promise.resolve(()) }
        try await promise.waitUnlessCancelled()
    }
}
