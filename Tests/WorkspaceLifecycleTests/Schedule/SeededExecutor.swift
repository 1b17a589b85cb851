@testable import WorkspaceLifecycle

/// Runs the jobs of its tasks one after the other, in an order that depends on nothing but a seed.
final class SeededExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var random: SplitMix
    }

    private let state: Mutex<State>

    init(seed: UInt64) { self.state = Mutex(State(random: SplitMix(state: seed))) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.state.withLock { $0.jobs.append(job) }
    }

    /// Runs `body` and everything it starts, letting time pass only when nothing else can happen.
    ///
    /// Call it on a thread that may block.
    ///
    /// - Returns: Whether `body` came to its end; `false` means that something waits for ever.
    func run(_ clock: ManualClock, _ body: @escaping @Sendable () async -> Void) -> Bool {
        let done = Recorder<Bool>()
        let task = Task(executorPreference: self) {
            await body()
            done.append(true)
        }
        defer { task.cancel() }
        for _ in 0..<10_000 {
            while let job = self.next() { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
            if !done.take().isEmpty { return true }
            clock.advance(by: .milliseconds(1))
        }
        return false
    }

    private func next() -> UnownedJob? {
        self.state.withLock { state in
            guard !state.jobs.isEmpty else { return nil }
            return state.jobs.remove(at: Int.random(in: 0..<state.jobs.count, using: &state.random))
        }
    }
}
