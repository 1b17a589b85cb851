import ConcurrencyPrimitives

/// The delays and limits of reactive restarts, which complaints ask for and not people.
public struct RestartPolicy: Sendable, Hashable {
    /// The time without a further complaint after which a restart begins.
    ///
    /// Default: 1 s.
    public var quietPeriod: Duration = .seconds(1)
    /// The longest wait after the first complaint.
    ///
    /// Default: 10 s.
    public var maximumWait: Duration = .seconds(10)
    /// The number of reactive restarts before they are given up.
    ///
    /// Default: 5.
    public var maximumAttempts = 5
    /// The pause after the first reactive restart; it doubles after each further one.
    ///
    /// Default: 1 s.
    public var initialBackOff: Duration = .seconds(1)
    /// The longest pause.
    ///
    /// Default: 1 minute.
    public var maximumBackOff: Duration = .seconds(60)
    /// The share by which a pause varies at random, up or down, from 0 to 1.
    ///
    /// Default: 0.25.
    public var jitter = 0.25
    /// How long complaints wait after a runtime has proven itself.
    ///
    /// Default: 30 s. Complaints about a runtime that has ended do not wait.
    public var settlePeriod: Duration = .seconds(30)
    /// How long a runtime must be healthy to get a fresh budget.
    ///
    /// Default: 10 minutes.
    public var resetPeriod: Duration = .seconds(600)

    /// Creates the default policy.
    public init() {}

    /// The pauses between reactive restarts.
    var backOff: BackOff {
        BackOff(initial: self.initialBackOff, maximum: self.maximumBackOff, jitter: self.jitter)
    }

    func validate() throws(LifecycleError) {
        let durations = [
            self.quietPeriod, self.maximumWait, self.initialBackOff, self.maximumBackOff, self.settlePeriod,
            self.resetPeriod,
        ]
        // The upper bound prevents an overflow in sums and products.
        let isBounded = durations.allSatisfy { (.zero ... .seconds(31_536_000)).contains($0) }
        guard isBounded, self.maximumAttempts >= 0, (0...1).contains(self.jitter) else {
            throw LifecycleError(
                .invalidArgument,
                "A restart policy needs times from 0 to a year, attempts from 0 on and a jitter of 0 to 1, got \(self)."
            )
        }
    }
}
