internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Finds what belongs to a workspace among the processes of this machine; blocking, and changes nothing.
///
/// What belongs to it: the recorded process, what shares its session or group while it provably lives, what carries the
/// nonce of the recorded generation or the mark of this state directory in its environment, and what holds the life lock.
struct RuntimeSearch: Sendable {
    let id: WorkspaceID
    let directory: StateDirectory
    let record: JournalRecord

    /// What one look at all processes gave.
    struct Findings: Sendable {
        /// Certainly of this workspace.
        var proven: Set<ProcessIdentity> = []
        /// What has a descriptor that holds the life lock.
        ///
        /// A stub of another workspace has its starter's descriptors for an instant after its fork: seen twice, it counts.
        var holders: Set<ProcessIdentity> = []
        /// Whether a process that was just becoming another program could not be judged.
        var isUncertain = false
        /// The highest generation that a marked process names.
        var generation: UInt64 = 0

        var isEmpty: Bool { self.proven.isEmpty && self.holders.isEmpty }
    }

    private var place: WorkspacePlace { WorkspacePlace(path: self.directory.workspace(self.id)) }

    /// Looks at all processes but this one.
    func look() -> Findings {
        var findings = Findings()
        let lock = FileIdentity.of(self.directory.lifeLock(self.id))
        let entries = ProcessTable.all().filter { $0.pid != getpid() && !$0.hasEnded }
        let members = self.members(in: entries)
        for entry in entries {
            let identity = ProcessTable.identity(entry)
            if members.contains(entry.pid) || identity == self.record.child { findings.proven.insert(identity) }
            self.judge(entry, identity, &findings)
            // A child of ours that is not of this workspace is a stub of another one, which has our descriptors for an
            // instant after its fork.
            guard entry.parent != getpid(), let lock, LifeLock.isHeld(lock, by: entry.pid) else { continue }
            findings.holders.insert(identity)
        }
        return findings
    }

    /// How long a process that is becoming another program is waited for.
    private static let uncertaintyLimit = Duration.milliseconds(500)

    /// Looks again while a process could not be judged, for a while.
    func settledLook() -> Findings {
        let deadline = SystemClock.now + Self.uncertaintyLimit
        while true {
            let findings = self.look()
            guard findings.isUncertain, findings.proven.isEmpty, SystemClock.now < deadline else { return findings }
            // A process in the middle of an exec shows no environment; this thread is one that may block.
            usleep(1000)
        }
    }

    /// Why this process itself would be ended with the workspace; nothing if it would not.
    func reasonToIncludeCaller() -> String? {
        #if RED_CONTROLS
        if RedControl.isActive(.insideNotRefused) { return nil }
        #endif
        guard let entry = ProcessTable.entry(getpid()) else { return nil }
        if let mark = ProcessTable.mark(of: entry.pid).mark, self.belongs(mark, entry.pid) {
            return "it carries the workspace's \(RuntimeMark.Name.nonce) in its environment"
        }
        if self.members(in: [entry]).contains(entry.pid) { return "it is in the session of the runtime" }
        guard let lock = FileIdentity.of(self.directory.lifeLock(self.id)),
            LifeLock.isHeld(lock, by: entry.pid)
        else { return nil }
        return "it has inherited the runtime's life lock"
    }

    private func judge(_ entry: ProcessTable.Entry, _ identity: ProcessIdentity, _ findings: inout Findings) {
        #if RED_CONTROLS
        if RedControl.isActive(.nonceSearchLeftOut) { return }
        #endif
        switch ProcessTable.mark(of: entry.pid) {
        case .none: break
        case .becomingAnotherProgram: findings.isUncertain = true
        case .marked(let mark):
            guard self.belongs(mark, entry.pid) else { return }
            findings.proven.insert(identity)
            findings.generation = max(findings.generation, mark.generation)
        }
    }

    /// A nonce is copied with a state directory: what belongs to the original is not the copy's.
    private func belongs(_ mark: RuntimeMark, _ pid: Int32) -> Bool {
        let isRecorded = !self.record.nonce.isEmpty && mark.nonce == self.record.nonce
        guard let directory = mark.directory else { return isRecorded }
        switch self.place.relation(of: pid, naming: directory) {
        case .same: return true
        case .other: return false
        case .gone: return isRecorded
        }
    }

    /// What shares the session or group of the recorded process, as long as that provably exists.
    private func members(in entries: [ProcessTable.Entry]) -> Set<Int32> {
        guard let leader = self.record.child, leader.bootID == ProcessTable.bootID else { return [] }
        let members = entries.filter {
            ($0.session == leader.pid || $0.group == leader.pid) && $0.startTicks >= leader.startTicks
        }
        // Only now: while the leader exists its number can't mean another session.
        guard ProcessTable.identity(of: leader.pid) == leader else { return [] }
        return Set(members.map(\.pid))
    }
}
