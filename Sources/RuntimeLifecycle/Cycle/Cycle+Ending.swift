#if RED_CONTROLS
internal import RedControls
#endif

// Adopting a live runtime, ending it, and recording the end.

extension Cycle {
    mutating func proved(_ record: JournalRecord, _ endpoint: String, _ now: Duration) -> Action {
        var record = record
        let givesFreshBudget = self.isStart && record.budget.hasGivenUp
        if givesFreshBudget { record.budget.reset() }
        if record.phase == .starting { return self.recordRunning(record, endpoint, now, isStarted: false) }
        let result = CycleResult.running(record, isStarted: false)
        return givesFreshBudget ? self.enter(.recordingBudget(result), .recordBudget(record)) : self.finish(result)
    }

    private var isStart: Bool { self.verb == .getOrStart || self.verb == .start }

    mutating func refused(_ record: JournalRecord, _ error: LifecycleError) -> Action {
        guard self.verb == .recover else { return self.makeRoom(record, .end(why: error.message)) }
        return self.enter(.ending(record, .fail(error)), .end(record, why: error.message))
    }

    /// The tombstone of a stop could not be written.
    ///
    /// A restart is refused before anything happens. But a stop goes on: a full disk must not protect the runtime that
    /// fills it. The old record stays, and the next verb finds that nothing of it lives.
    mutating func unrecorded(_ record: JournalRecord, _ phase: RuntimePhase, _ error: LifecycleError) -> Action {
        guard error.code == .storage, !self.isRestart else { return self.finish(.failed(error)) }
        #if RED_CONTROLS
        if RedControl.isActive(.unrecordedStopEndsNothing) { return self.finish(.failed(error)) }
        #endif
        var found = record
        found.phase = phase
        return self.enter(.ending(found, self.afterStop(found)), .end(found, why: self.verb.reasonToEnd))
    }

    func afterStop(_ record: JournalRecord) -> AfterEnd {
        self.isRestart ? .start : .rest(.stopped(record, wasRunning: true))
    }

    func afterLoss(_ record: JournalRecord) -> AfterEnd {
        guard record.phase != .stopping && record.phase != .absent else { return .rest(.settled(record)) }
        return .rest(.lost(record))
    }

    mutating func ended(_ record: JournalRecord, _ next: AfterEnd) -> Action {
        switch next {
        case .start: self.startNext(record)
        case .fail(let error): self.recordFailure(record, error)
        case .rest(.lost): self.recordEnd(record, phase: .failed, reason: "its runtime was gone") { .settled($0) }
        case .rest(.settled): self.recordEnd(record, phase: .absent) { .settled($0) }
        case .rest: self.recordEnd(record, phase: .absent) { .stopped($0, wasRunning: true) }
        }
    }

    mutating func recordFailure(_ record: JournalRecord, _ error: LifecycleError) -> Action {
        self.recordEnd(record, phase: .failed, reason: error.description) { _ in .failed(error) }
    }

    mutating func recordEnd(
        _ record: JournalRecord,
        phase: RuntimePhase,
        reason: String? = nil,
        result: (JournalRecord) -> CycleResult
    ) -> Action {
        var ended = record
        // The record forgets here when the runtime had proven itself: a complaint that comes later could not tell.
        if phase == .failed {
            ended.budget.healthEnded(self.restartInputs, provenAt: record.provenAt?.time(in: self.spawner.bootID))
        }
        (ended.phase, ended.verb, ended.spawner) = (phase, self.verb, self.spawner)
        (ended.child, ended.endpoint, ended.reason, ended.provenAt) = (nil, nil, reason, nil)
        if self.verb == .delete {
            (ended.command, ended.nonce, ended.workingDirectory, ended.expectedEndpoint) = ([], "", nil, nil)
        }
        return self.enter(.recordingEnd(result(ended)), .record(ended))
    }

    mutating func recordedEnd(_ result: CycleResult) -> Action {
        self.verb == .delete && !result.isFailure ? self.enter(.removing(result), .removeFiles) : self.finish(result)
    }
}
