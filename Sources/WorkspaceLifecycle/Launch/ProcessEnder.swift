internal import Glibc

/// Ends a runtime with everything it started, and does not return before that is certain.
///
/// What belongs to it: the recorded process, what shared its session or group while it provably lived, what carries
/// its nonce in the environment, and what holds its life lock. Each is opened and checked before it is signalled. Times
/// are the kernel's own, not the injected clock's: processes do not wait for that one.
struct ProcessEnder: Sendable {
    let id: WorkspaceID
    let lifeLock: LifeLock
    /// Time between the request to end and the kill.
    let gracePeriod: Duration
    /// Time after the kill in which everything must be gone.
    let killLimit: Duration

    /// Ends everything of a record, asking with SIGTERM first if it is graceful; `requested` is called after the asking.
    func end(_ record: JournalRecord, isGraceful: Bool, requested: @Sendable () -> Void) async throws(LifecycleError) {
        var members: Set<ProcessIdentity> = []
        if let child = record.child, let handle = ProcessHandle.open(child) {
            members = await self.members(of: child)
            if isGraceful {
                handle.signal(SIGTERM)
                requested()
                _ = await handle.waitForEnd(until: SystemClock.now + self.gracePeriod)
                members.formUnion(await self.members(of: child))
            }
            handle.signal(SIGKILL, group: true)
        } else if isGraceful {
            requested()
        }
        try await self.endRest(record, members)
    }

    /// Kills what is left until nothing is, or the limit has passed.
    private func endRest(_ record: JournalRecord, _ members: Set<ProcessIdentity>) async throws(LifecycleError) {
        let deadline = SystemClock.now + self.killLimit
        // A stub of another workspace has our descriptors for an instant after its fork: a holder must be seen twice.
        var seenBefore: Set<ProcessIdentity> = []
        while true {
            let (proven, holders, isHeld) = try await self.survivors(record, members)
            if proven.isEmpty && !isHeld { return }
            guard SystemClock.now < deadline else { throw self.survived(proven.union(holders)) }
            for identity in proven.union(holders.intersection(seenBefore)) {
                ProcessHandle.open(identity)?.signal(SIGKILL)
            }
            seenBefore = holders
            // The end of a process has no event we could wait for when it isn't ours; a cancelled task must not spin.
            _ = await self.pause()
        }
    }

    private func pause() async {
        _ = await BlockingThread.run { usleep(2000) }
    }

    private func survivors(
        _ record: JournalRecord,
        _ members: Set<ProcessIdentity>
    ) async throws(LifecycleError) -> (Set<ProcessIdentity>, Set<ProcessIdentity>, Bool) {
        let (id, lifeLock) = (self.id, self.lifeLock)
        return try await BlockingThread.attempt { () throws(LifecycleError) in
            let alive = members.union(record.child.map { [$0] } ?? []).filter { ProcessTable.isAlive($0) }
            let isHeld = try lifeLock.isHeld()
            let marked = Self.marked(record)
            return (alive.union(marked), isHeld ? Set(lifeLock.holders(of: id)) : [], isHeld)
        }
    }

    /// What shares the session or group of a process, as long as that process provably exists.
    private func members(of leader: ProcessIdentity) async -> Set<ProcessIdentity> {
        await BlockingThread.run {
            let entries = ProcessTable.all().filter {
                ($0.session == leader.pid || $0.group == leader.pid) && $0.startTicks >= leader.startTicks
                    && !$0.hasEnded
            }
            // Only now: while the leader exists its number can't mean another session.
            guard ProcessTable.identity(of: leader.pid) == leader else { return [] }
            return Set(entries.map(Self.identity))
        }
    }

    /// What shares the session of a process that is gone and carries its nonce.
    private static func marked(_ record: JournalRecord) -> Set<ProcessIdentity> {
        guard let child = record.child, child.bootID == ProcessTable.bootID, !record.nonce.isEmpty else { return [] }
        let entries = ProcessTable.all().filter {
            ($0.session == child.pid || $0.group == child.pid) && !$0.hasEnded
                && ProcessTable.hasEnvironment($0.pid, "WORKSPACE_NONCE=\(record.nonce)")
        }
        return Set(entries.map(self.identity))
    }

    private static func identity(_ entry: ProcessTable.Entry) -> ProcessIdentity {
        ProcessIdentity(pid: entry.pid, startTicks: entry.startTicks, bootID: ProcessTable.bootID)
    }

    private func survived(_ processes: Set<ProcessIdentity>) -> LifecycleError {
        let list = processes.map { String($0.pid) }.sorted().joined(separator: ", ")
        return LifecycleError(
            .processSurvived,
            """
            After \(self.killLimit) something still lives or holds \(self.lifeLock.path)\
            \(list.isEmpty ? "" : " (processes \(list))"). End it by hand and try again; the record is unchanged.
            """
        )
    }
}
