/// Spreads things that happen evenly over time.
struct Pace: Sendable {
    /// How many per second; nil for as many as the receiver takes.
    var rate: Double?
    /// How many in all.
    var count: Int
    /// How many at once, at most; 1 or more.
    var atOnce: Int

    /// Has the first happen at once and each other when it is due; those that are overdue happen together.
    ///
    /// - Parameters:
    ///   - clock: Measures the time since the call.
    ///   - action: Does those of a range, counted from 0.
    /// - Throws: What `action` throws; `CancellationError`.
    func run<C: Clock<Duration>>(_ clock: C, _ action: (Range<Int>) async throws -> Void) async throws {
        let start = clock.now
        var done = 0
        while done < self.count {
            try Task.checkCancellation()
            let end = min(self.due(after: start.duration(to: clock.now), done: done), self.count)
            if end > done {
                try await action(done..<end)
                done = end
            } else if let rate = self.rate {
                try await clock.sleep(until: start.advanced(by: .seconds(Double(done) / rate)), tolerance: nil)
            }
        }
    }

    /// How many may have happened by now.
    private func due(after elapsed: Duration, done: Int) -> Int {
        let most = done.addingReportingOverflow(self.atOnce).partialValue
        guard let rate = self.rate else { return most }
        // A millionth of an event, so that a sleep that ended on time is not taken for one that ended early.
        let due = elapsed / .seconds(1) * rate + 1 + 1e-6
        return due < Double(most) ? Int(due) : most
    }
}
