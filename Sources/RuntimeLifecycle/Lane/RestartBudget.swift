import ConcurrencyPrimitives

/// How many reactive restarts were used up, and when the next one may begin.
///
/// Part of the record, so that all processes count the same ones. Reset by proven health, that is by a runtime that ran
/// for ``RestartPolicy/resetAfter`` without a complaint, and by anyone who asks for a start, stop or restart.
struct RestartBudget: Hashable, Sendable {
    /// What a complaint comes to.
    enum Decision: Hashable, Sendable {
        case restart
        case wait(until: Duration)
        case giveUp
    }

    /// What a file claims beyond this is not a count.
    static let highestCount = Int(UInt16.max)

    var used = 0
    var earliest: BootTime?
    /// When it was given up, in milliseconds since 1970, for people.
    var gaveUpMilliseconds: UInt64?

    var isFresh: Bool { self == RestartBudget() }

    var hasGivenUp: Bool { self.gaveUpMilliseconds != nil }

    /// Decides about a complaint of a runtime that proved itself at `provenAt`, if it ever did.
    mutating func decide(_ terms: RestartTerms, in bootID: String, provenAt: Duration?) -> Decision {
        guard !self.hasGivenUp else { return .giveUp }
        self.healthEnded(terms, provenAt: provenAt)
        guard self.used < terms.policy.attempts else { return .giveUp }
        guard let earliest = self.earliest?.time(in: bootID), earliest > terms.now else { return .restart }
        // A deadline no pause of ours can have led to is of another clock (a time namespace): it binds nobody.
        return earliest - terms.now > terms.policy.backOff.longest ? .restart : .wait(until: earliest)
    }

    /// Resets what has not been given up if a runtime that proved itself at `provenAt`, if it ever did, was healthy long
    /// enough.
    mutating func healthEnded(_ terms: RestartTerms, provenAt: Duration?) {
        guard !self.hasGivenUp, let provenAt else { return }
        if (terms.complainedAt ?? terms.now) - provenAt >= terms.policy.resetAfter { self.reset() }
    }

    /// A reactive restart begins.
    mutating func attempt(_ terms: RestartTerms, in bootID: String) {
        let pause = terms.policy.backOff.pause(after: self.used, random: terms.jitter)
        self.earliest = BootTime(terms.now + pause, in: bootID)
        self.used = min(self.used + 1, Self.highestCount)
    }

    mutating func giveUp(_ terms: RestartTerms) { self.gaveUpMilliseconds = terms.wallMilliseconds }

    mutating func reset() { self = RestartBudget() }
}
