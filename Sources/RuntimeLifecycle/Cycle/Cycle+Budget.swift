#if RED_CONTROLS
internal import RedControls
#endif

// Complaints: whether the budget still allows a restart.

extension Cycle {
    /// A complaint uses the budget, is postponed, or is refused; the request of a person or program resets the budget.
    mutating func afterBudget(_ record: JournalRecord, _ found: Inspection) -> Action {
        var record = record
        guard self.request.isReactive else {
            record.budget.reset()
            return self.replace(record, found)
        }
        let bootID = self.spawner.bootID
        let provenAt = record.provenAt?.time(in: bootID)
        switch record.budget.decide(self.restartInputs, in: bootID, provenAt: provenAt) {
        case .giveUp: return self.giveUp(record)
        case .wait(let until): return self.finish(.postponed(until: max(until, self.settled(record, found) ?? until)))
        case .restart:
            if let until = self.settled(record, found) { return self.finish(.postponed(until: until)) }
            record.budget.attempt(self.restartInputs, in: bootID)
            return self.replace(record, found)
        }
    }

    /// The end of the settle period of a runtime; `nil` if it is over, or if the runtime has ended.
    private func settled(_ record: JournalRecord, _ found: Inspection) -> Duration? {
        #if RED_CONTROLS
        if RedControl.isActive(.settlePeriodIgnored) { return nil }
        #endif
        guard found == .child, record.phase == .running,
            let provenAt = record.provenAt?.time(in: self.spawner.bootID)
        else { return nil }
        let until = provenAt + self.restartInputs.policy.settlePeriod
        // A proof in the future comes from another clock (a time namespace) and is ignored.
        return provenAt <= self.restartInputs.now && until > self.restartInputs.now ? until : nil
    }

    /// Records that reactive restarts are given up, for every process to see; done for the first refused complaint.
    private mutating func giveUp(_ record: JournalRecord) -> Action {
        guard !record.budget.hasGivenUp else { return self.finish(.gaveUp(record)) }
        var record = record
        record.budget.giveUp(self.restartInputs)
        return self.enter(.recordingBudget(.gaveUp(record)), .recordBudget(record))
    }
}
