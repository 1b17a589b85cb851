#if RED_CONTROLS
internal import RedControls
#endif

// What each verb does with the result of the inspection.

extension Cycle {
    mutating func received(_ contents: JournalContents) -> Action {
        switch contents {
        case .none:
            let record = JournalRecord(verb: self.verb)
            return self.enter(.inspectingUnrecorded(record), .inspect(record))
        case .record(let record): return self.enter(.inspecting(record), .inspect(record))
        case .corrupt(let reason, let floor):
            let record = JournalRecord(generation: floor, phase: .failed, verb: self.verb, reason: reason)
            return self.enter(.settingAside(record), .setAsideJournal(reason: reason))
        }
    }

    /// Without a record nothing was created; but if something lives, the record was lost.
    mutating func inspectedUnrecorded(_ record: JournalRecord, _ found: Inspection) -> Action {
        guard found == .nothing else {
            var lost = record
            (lost.phase, lost.reason) = (.failed, "its record is missing, but some of its processes live")
            return self.inspected(lost, found)
        }
        switch self.verb {
        case .create, .getOrStart: return self.inspected(record, found)
        case .delete, .stop, .restart, .recover, .markFailed, .start:
            return self.finish(.failed(.unknown(workspace: self.name)))
        }
    }

    mutating func inspected(_ record: JournalRecord, _ found: Inspection) -> Action {
        var record = record
        // If a record was lost, or an old one was restored, no generation must be used twice.
        if case .remains(let generation) = found { record.generation = max(record.generation, generation) }
        return self.decided(record, found)
    }

    private mutating func decided(_ record: JournalRecord, _ found: Inspection) -> Action {
        switch self.verb {
        case .create: self.inspectedForCreate(record, found)
        case .getOrStart, .start: self.inspectedForRun(record, found)
        case .recover: self.inspectedForRecovery(record, found)
        case .stop, .restart, .delete: self.inspectedForStop(record, found)
        case .markFailed: self.inspectedForMark(record, found)
        }
    }

    mutating func inspectedForCreate(_ record: JournalRecord, _ found: Inspection) -> Action {
        guard record.writtenMilliseconds == 0 else {
            return self.finish(.settled(record))
        }
        guard found == .nothing else {
            return self.recordEnd(record, phase: .failed, reason: record.reason, result: { .settled($0) })
        }
        return self.recordEnd(record, phase: .absent, result: { .settled($0) })
    }

    mutating func inspectedForRun(_ record: JournalRecord, _ found: Inspection) -> Action {
        switch (found, record.phase) {
        case (.child, .running), (.child, .starting): self.enter(.proving(record), .prove(record))
        // A stop was interrupted, or a failed start left processes. Finish that first.
        case (.child, _), (.remains, _): self.makeRoom(record, .end(why: self.reasonToEnd(record, found)))
        case (.nothing, _): self.startNext(record)
        }
    }

    mutating func inspectedForRecovery(_ record: JournalRecord, _ found: Inspection) -> Action {
        switch (found, record.phase) {
        case (.child, .running), (.child, .starting): self.enter(.proving(record), .prove(record))
        case (.child, _), (.remains, _):
            self.enter(
                .ending(record, self.afterLoss(record)),
                .end(record, why: self.reasonToEnd(record, found))
            )
        case (.nothing, .absent), (.nothing, .failed): self.finish(.settled(record))
        case (.nothing, _): self.ended(record, self.afterLoss(record))
        }
    }

    mutating func inspectedForStop(_ record: JournalRecord, _ found: Inspection) -> Action {
        guard self.isStillMeant(record) else { return self.finish(.settled(record)) }
        return self.afterBudget(record, found)
    }

    /// Ends the processes that were found, for good or for the next generation.
    mutating func replace(_ record: JournalRecord, _ found: Inspection) -> Action {
        guard found == .nothing else {
            var stopping = record
            (stopping.phase, stopping.verb, stopping.spawner) = (.stopping, self.verb, self.spawner)
            #if RED_CONTROLS
            if RedControl.isActive(.stopWithoutTombstone) {
                return self.enter(
                    .ending(stopping, self.afterStop(stopping)),
                    .end(stopping, why: self.verb.reasonToEnd)
                )
            }
            #endif
            guard self.isRestart else {
                return self.enter(.recordingStopping(stopping, was: record.phase), .record(stopping))
            }
            return self.makeRoom(stopping, .stop(was: record.phase))
        }
        if self.isRestart { return self.startNext(record) }
        if record.phase == .absent && self.verb == .stop { return self.finish(.stopped(record, wasRunning: false)) }
        return self.recordEnd(record, phase: .absent) { .stopped($0, wasRunning: false) }
    }

    /// Checks the next command before it ends the old runtime, which must not end for a command that can't run.
    mutating func makeRoom(_ record: JournalRecord, _ end: BeforeNext) -> Action {
        #if RED_CONTROLS
        if RedControl.isActive(.commandNotChecked) {
            return self.enter(.ending(record, .start), .end(record, why: self.verb.reasonToEnd))
        }
        #endif
        var next = record
        self.takeCommand(&next, from: record)
        return self.enter(.checkingCommand(record, end), .checkCommand(next))
    }

    /// The reason why a start or a recovery ends the processes that it finds.
    private func reasonToEnd(_ record: JournalRecord, _ found: Inspection) -> String {
        guard found == .child else { return "it was left behind: its runtime has ended, or its record was lost" }
        return record.phase == .stopping ? "its stop had been interrupted" : "its start had failed"
    }

    var isRestart: Bool { self.verb == .restart }

    /// Whether a complaint still applies: it is for one generation, and not for a stopped one.
    func isStillMeant(_ record: JournalRecord) -> Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.staleComplaintBelieved) { return true }
        #endif
        guard self.request.isReactive else { return true }
        return record.generation == self.request.generation && record.phase != .absent && record.phase != .stopping
    }

    /// Marks a generation as failed; does nothing for an old generation, or if the runtime lives.
    mutating func inspectedForMark(_ record: JournalRecord, _ found: Inspection) -> Action {
        #if RED_CONTROLS
        if RedControl.isActive(.lateFailureBelieved) {
            return self.recordEnd(record, phase: .failed, reason: self.request.reason) { .settled($0) }
        }
        #endif
        guard record.generation == self.request.generation, found == .nothing,
            [.starting, .running].contains(record.phase)
        else {
            return self.finish(.settled(record))
        }
        return self.recordEnd(record, phase: .failed, reason: self.request.reason) { .settled($0) }
    }
}

extension LifecycleVerb {
    /// The reason why this verb ends the runtime.
    fileprivate static let reasons: [LifecycleVerb: String] = [
        .stop: "a stop was asked for", .restart: "a restart was asked for", .delete: "a delete was asked for",
    ]

    var reasonToEnd: String { Self.reasons[self] ?? "it was in the way of \(self.rawValue)" }
}
