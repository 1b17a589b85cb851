import ConcurrencyPrimitives

/// How reactive restarts (asked for by probes, not by people) are spaced and bounded.
public struct RestartPolicy: Sendable, Hashable {
    /// A restart waits until no further request came for this long.
    ///
    /// Default: 1 s.
    public var quietPeriod: Duration = .seconds(1)
    /// But never longer than this after the first request.
    ///
    /// Default: 10 s.
    public var maximumWait: Duration = .seconds(10)
    /// Attempts until the workspace is given up.
    ///
    /// Default: 5.
    public var attempts = 5
    /// The pause after the first attempt, doubled after each further one.
    ///
    /// Default: 1 s.
    public var initialBackoff: Duration = .seconds(1)
    /// The longest pause.
    ///
    /// Default: 1 minute.
    public var maximumBackoff: Duration = .seconds(60)
    /// The share by which a pause is varied at random to both sides, 0 to 1.
    ///
    /// Default: 0.25.
    public var jitter = 0.25
    /// A runtime that has just proven itself is not complained of with effect before this has passed.
    ///
    /// Default: 30 s. Complaints wait for it; one of a runtime that is gone does not.
    public var settlePeriod: Duration = .seconds(30)
    /// A runtime that was healthy this long has earned a fresh budget.
    ///
    /// Default: 10 minutes.
    public var resetAfter: Duration = .seconds(600)

    /// Creates the default policy.
    public init() {}

    /// The pauses between reactive restarts.
    var backOff: BackOff {
        BackOff(initial: self.initialBackoff, maximum: self.maximumBackoff, jitter: self.jitter)
    }

    func validate() throws(LifecycleError) {
        let durations = [
            self.quietPeriod, self.maximumWait, self.initialBackoff, self.maximumBackoff, self.settlePeriod,
            self.resetAfter,
        ]
        // The upper bound keeps every sum and product of them far from overflow.
        let isBounded = durations.allSatisfy { (.zero ... .seconds(31_536_000)).contains($0) }
        guard isBounded, self.attempts >= 0, (0...1).contains(self.jitter) else {
            throw LifecycleError(
                .invalidArgument,
                "A restart policy needs times from 0 to a year, attempts from 0 on and a jitter of 0 to 1, got \(self)."
            )
        }
    }
}
