import ConcurrencyPrimitives

/// How many reactive restarts were used, and when the next one may begin.
///
/// It is a part of the record, so that all processes count together. Two things reset it: a runtime that ran for
/// ``RestartPolicy/resetAfter`` without a complaint, and a request for a start, stop or restart.
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
    mutating func decide(_ terms: RestartTerms, in bootID: String, provenAt: Duration?) -> Decision {
        guard !self.hasGivenUp else { return .giveUp }
        self.healthEnded(terms, provenAt: provenAt)
        guard self.used < terms.policy.attempts else { return .giveUp }
        guard let earliest = self.earliest?.time(in: bootID), earliest > terms.now else { return .restart }
        // We never make a longer pause. So this time comes from another clock (a time namespace) and is ignored.
        return earliest - terms.now > terms.policy.backOff.longest ? .restart : .wait(until: earliest)
    }

    /// Resets the budget if the runtime was healthy long enough since `provenAt`; does nothing after giving up.
    mutating func healthEnded(_ terms: RestartTerms, provenAt: Duration?) {
        guard !self.hasGivenUp, let provenAt else { return }
        if (terms.complainedAt ?? terms.now) - provenAt >= terms.policy.resetAfter { self.reset() }
    }

    /// Counts a reactive restart that begins now.
    mutating func attempt(_ terms: RestartTerms, in bootID: String) {
        let pause = terms.policy.backOff.pause(after: self.used, random: terms.jitter)
        self.earliest = BootTime(terms.now + pause, in: bootID)
        self.used = min(self.used + 1, Self.highestCount)
    }

    mutating func giveUp(_ terms: RestartTerms) { self.gaveUpMilliseconds = terms.wallMilliseconds }

    mutating func reset() { self = RestartBudget() }
}
