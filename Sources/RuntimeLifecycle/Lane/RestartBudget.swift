import ConcurrencyPrimitives

/// How many reactive restarts were used, and when the next one may begin.
///
/// It is a part of the record, so that all processes count together. Two things reset it: a runtime that ran for
/// ``RestartPolicy/resetPeriod`` without a complaint, and a request for a start, stop or restart.
struct RestartBudget: Hashable, Sendable {
    /// The decision about a complaint.
    enum Decision: Hashable, Sendable {
        case restart
        case wait(until: Duration)
        case giveUp
    }

    /// Larger numbers in a file are not counts.
    static let highestCount = Int(UInt16.max)

    var used = 0
    var earliest: BootTime?
    /// When reactive restarts were given up, in milliseconds since 1970, for people.
    var gaveUpMilliseconds: UInt64?

    var isFresh: Bool { self == RestartBudget() }

    var hasGivenUp: Bool { self.gaveUpMilliseconds != nil }

    /// Decides about a complaint; `provenAt` is when the runtime proved itself, or `nil` if it never did.
    mutating func decide(_ inputs: RestartInputs, in bootID: String, provenAt: Duration?) -> Decision {
        guard !self.hasGivenUp else { return .giveUp }
        self.healthEnded(inputs, provenAt: provenAt)
        guard self.used < inputs.policy.maximumAttempts else { return .giveUp }
        guard let earliest = self.earliest?.time(in: bootID), earliest > inputs.now else { return .restart }
        // We never make a longer pause. So this time comes from another clock (a time namespace) and is ignored.
        return earliest - inputs.now > inputs.policy.backOff.longest ? .restart : .wait(until: earliest)
    }

    /// Resets the budget if the runtime was healthy long enough since `provenAt`; does nothing after giving up.
    mutating func healthEnded(_ inputs: RestartInputs, provenAt: Duration?) {
        guard !self.hasGivenUp, let provenAt else { return }
        if (inputs.complainedAt ?? inputs.now) - provenAt >= inputs.policy.resetPeriod { self.reset() }
    }

    /// Counts a reactive restart that begins now.
    mutating func attempt(_ inputs: RestartInputs, in bootID: String) {
        let pause = inputs.policy.backOff.pause(after: self.used, random: inputs.jitter)
        self.earliest = BootTime(inputs.now + pause, in: bootID)
        self.used = min(self.used + 1, Self.highestCount)
    }

    mutating func giveUp(_ inputs: RestartInputs) { self.gaveUpMilliseconds = inputs.wallMilliseconds }

    mutating func reset() { self = RestartBudget() }
}

/// The inputs for the decision about a reactive restart.
struct RestartInputs: Hashable, Sendable {
    var policy = RestartPolicy()
    /// The time when the start lock was taken, on the lifecycle's clock.
    var now = Duration.zero
    /// The time of the first complaint, if the cycle is for complaints; the runtime was healthy until then.
    var complainedAt: Duration?
    /// Random, from -1 to 1.
    var jitter = 0.0
    /// Milliseconds since 1970, for people.
    var wallMilliseconds: UInt64 = 0
}
