/// How many reactive restarts are left, and how long to pause before the next one.
///
/// Reset by proven health: a runtime that ran for ``RestartPolicy/resetAfter`` without a complaint, or a person who
/// asked for a restart or start.
struct RestartBudget: Hashable, Sendable {
    private(set) var used = 0
    private(set) var earliest: Duration?
    private var healthySince: Duration?

    /// Nothing to remember.
    var isFresh: Bool { self.used == 0 }

    /// A complaint came: forgets old attempts if the runtime has been healthy long enough since.
    mutating func complained(now: Duration, _ policy: RestartPolicy) {
        guard let since = self.healthySince else { return }
        if now - since >= policy.resetAfter { self.reset() }
        self.healthySince = nil
    }

    /// Whether reactive restarts have been given up.
    func isExhausted(_ policy: RestartPolicy) -> Bool { self.used >= policy.attempts }

    /// A reactive restart begins; `jitter` is random, from -1 to 1.
    mutating func attempt(now: Duration, jitter: Double, _ policy: RestartPolicy) {
        let pause = min(policy.maximumBackoff, policy.initialBackoff * Double(1 << min(self.used, 30)))
        self.earliest = now + pause * (1 + policy.jitter * min(1, max(-1, jitter)))
        self.used += 1
    }

    /// A runtime has proven its identity.
    mutating func proven(now: Duration) { self.healthySince = now }

    mutating func reset() { self = RestartBudget() }
}
