/// Spreads actions evenly over time.
struct Pace: Sendable {
    /// Actions per second; nil means as fast as the client reads.
    var rate: Double?
    /// The number of all actions.
    var count: Int
    /// The largest number of actions at once; 1 or more.
    var atOnce: Int

    /// Runs the first action at once and each other one at its time; late actions run together.
    ///
    /// - Parameters:
    ///   - clock: Measures the time since the call.
    ///   - action: Runs the actions of a range, counted from 0.
    /// - Throws: The error of `action`; `CancellationError`.
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

    /// The number of actions that may have run by now.
    private func due(after elapsed: Duration, done: Int) -> Int {
        let most = done.addingReportingOverflow(self.atOnce).partialValue
        guard let rate = self.rate else { return most }
        // A millionth of an event is added. So a sleep that ended in time does not count as too short.
        let due = elapsed / .seconds(1) * rate + 1 + 1e-6
        return due < Double(most) ? Int(due) : most
    }
}
