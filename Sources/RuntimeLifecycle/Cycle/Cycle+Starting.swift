#if RED_CONTROLS
internal import RedControls
#endif

// From the next tombstone to a running generation.

extension Cycle {
    mutating func startNext(_ record: JournalRecord) -> Action {
        var next = JournalRecord(generation: record.generation + 1, phase: .starting, verb: self.verb)
        (next.spawner, next.nonce) = (self.spawner, self.nonce)
        self.takeCommand(&next, from: record)
        next.budget = record.budget
        if !self.request.isReactive { next.budget.reset() }
        #if RED_CONTROLS
        if RedControl.isActive(.generationNotRaised) { next.generation = record.generation }
        #endif
        #if RED_CONTROLS
        if RedControl.isActive(.budgetForgotten) { next.budget.reset() }
        #endif
        #if RED_CONTROLS
        if RedControl.isActive(.startWithoutTombstone) { return self.enter(.spawning(next), .spawn(next)) }
        #endif
        return self.enter(.recordingStarting(next), .record(next))
    }

    /// Takes the command of this call, or else the recorded one.
    func takeCommand(_ next: inout JournalRecord, from record: JournalRecord) {
        let asked = self.command
        next.command = asked.arguments.isEmpty ? record.command : asked.arguments
        let (directory, endpoint) = (record.workingDirectory, record.expectedEndpoint)
        next.workingDirectory = asked.workingDirectory ?? (asked.arguments.isEmpty ? directory : nil)
        next.expectedEndpoint = asked.endpoint ?? (asked.arguments.isEmpty ? endpoint : nil)
    }

    mutating func spawned(_ record: JournalRecord, _ child: ProcessIdentity) -> Action {
        var named = record
        named.child = child
        #if RED_CONTROLS
        if RedControl.isActive(.commitBeforeRecord) { return self.enter(.committing(named), .commit(named)) }
        #endif
        return self.enter(.recordingChild(named), .record(named))
    }

    mutating func started(_ record: JournalRecord, _ endpoint: String, _ now: Duration) -> Action {
        self.recordRunning(record, endpoint, now, isStarted: true)
    }

    mutating func recordRunning(
        _ record: JournalRecord,
        _ endpoint: String,
        _ now: Duration,
        isStarted: Bool
    ) -> Action {
        var running = record
        (running.phase, running.endpoint) = (.running, endpoint)
        running.provenAt = BootTime(now, in: self.spawner.bootID)
        return self.enter(.recordingRunning(running, .running(running, isStarted: isStarted)), .record(running))
    }
}
