#if RED_CONTROLS
internal import RedControls
#endif

// Complaints: whether there is a budget left for them.

extension Cycle {
    /// A complaint is paid for from the budget, or put off, or given up; anyone else's request resets the budget.
    mutating func afterBudget(_ record: JournalRecord, _ found: Inspection) -> Action {
        var record = record
        guard self.request.isReactive else {
            record.budget.reset()
            return self.replace(record, found)
        }
        let bootID = self.spawner.bootID
        let provenAt = record.provenAt?.time(in: bootID)
        switch record.budget.decide(self.terms, in: bootID, provenAt: provenAt) {
        case .giveUp: return self.giveUp(record)
        case .wait(let until): return self.finish(.postponed(until: max(until, self.settled(record, found) ?? until)))
        case .restart:
            if let until = self.settled(record, found) { return self.finish(.postponed(until: until)) }
            record.budget.attempt(self.terms, in: bootID)
            return self.replace(record, found)
        }
    }

    /// When a runtime that has just proven itself has had its time to settle; nothing if it had, or is gone.
    private func settled(_ record: JournalRecord, _ found: Inspection) -> Duration? {
        #if RED_CONTROLS
        if RedControl.isActive(.settlePeriodIgnored) { return nil }
        #endif
        guard found == .child, record.phase == .running,
            let provenAt = record.provenAt?.time(in: self.spawner.bootID)
        else { return nil }
        let until = provenAt + self.terms.policy.settlePeriod
        // A proof in the future is of another clock (a time namespace): it says nothing.
        return provenAt <= self.terms.now && until > self.terms.now ? until : nil
    }

    /// The first complaint that is refused says so in the record, for every process to see.
    private mutating func giveUp(_ record: JournalRecord) -> Action {
        guard !record.budget.hasGivenUp else { return self.finish(.gaveUp(record)) }
        var record = record
        record.budget.giveUp(self.terms)
        return self.enter(.recordingBudget(.gaveUp(record)), .recordBudget(record))
    }
}
