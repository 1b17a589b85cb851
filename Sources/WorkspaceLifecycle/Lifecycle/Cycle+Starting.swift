// From the next tombstone to a running generation.

extension Cycle {
    mutating func startNext(_ record: JournalRecord) -> Action {
        var next = JournalRecord(generation: record.generation + 1, phase: .starting, verb: self.verb)
        (next.spawner, next.nonce) = (self.spawner, self.nonce)
        next.command = self.command.isEmpty ? record.command : self.command
        return self.enter(.recordingStarting(next), .record(next))
    }

    mutating func spawned(_ record: JournalRecord, _ child: ProcessIdentity) -> Action {
        var named = record
        named.child = child
        return self.enter(.recordingChild(named), .record(named))
    }

    mutating func started(_ record: JournalRecord, _ endpoint: String) -> Action {
        self.recordRunning(record, endpoint, isStarted: true)
    }

    mutating func recordRunning(_ record: JournalRecord, _ endpoint: String, isStarted: Bool) -> Action {
        var running = record
        (running.phase, running.endpoint) = (.running, endpoint)
        return self.enter(.recordingRunning(running, .running(running, isStarted: isStarted)), .record(running))
    }
}
