import TestSupport

extension SeededExecutor {
    /// Runs `body` and all its tasks; the time of `clock` advances only when nothing else can happen.
    ///
    /// Call it on a thread that may block.
    ///
    /// - Returns: Whether `body` has ended; `false` means that a task would wait for ever.
    func run(_ clock: ManualClock, _ body: @escaping @Sendable () async -> Void) -> Bool {
        let done = Recorder<Bool>()
        let task = Task(executorPreference: self) {
            await body()
            done.append(true)
        }
        defer { task.cancel() }
        for _ in 0..<10_000 {
            guard self.run(limit: 1_000_000) else { return false }
            if !done.values.isEmpty { return true }
            clock.advance(by: .milliseconds(1))
        }
        return false
    }
}
