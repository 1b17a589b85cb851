internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Finds the processes of a workspace on this machine; blocking, and changes nothing.
///
/// These processes belong to a workspace:
///
/// - the recorded process
/// - processes that share its session or group, while the recorded process provably lives
/// - processes whose environment has the nonce of the recorded generation, or the mark of this state directory
/// - processes that hold the life lock
struct RuntimeSearch: Sendable {
    let id: WorkspaceID
    let directory: StateDirectory
    let record: JournalRecord

    /// The result of one look at all processes.
    struct Findings: Sendable {
        /// Processes that certainly belong to this workspace.
        var proven: Set<ProcessIdentity> = []
        /// Processes with a descriptor that holds the life lock.
        ///
        /// A stub of another workspace briefly has its starter's descriptors after its fork. So a holder counts only if
        /// it is seen twice.
        var holders: Set<ProcessIdentity> = []
        /// Whether a process was between two programs, so that nobody can say what it belongs to.
        var isUncertain = false
        /// The highest generation in the mark of a process.
        var generation: UInt64 = 0

        var isEmpty: Bool { self.proven.isEmpty && self.holders.isEmpty }
    }

    private var workspaceDirectory: WorkspaceDirectory { WorkspaceDirectory(path: self.directory.workspace(self.id)) }

    /// Looks at all processes except this one.
    func look() -> Findings {
        var findings = Findings()
        let lock = FileIdentity.of(self.directory.lifeLock(self.id))
        let entries = ProcessTable.all().filter { $0.pid != getpid() && !$0.hasEnded }
        let members = self.members(in: entries)
        for entry in entries {
            let identity = ProcessTable.identity(entry)
            if members.contains(entry.pid) || identity == self.record.child { findings.proven.insert(identity) }
            self.judge(entry, identity, &findings)
            // A child of ours that does not belong to this workspace is a stub of another one. It briefly has our
            // descriptors after its fork.
            guard entry.parent != getpid(), let lock, LifeLock.isHeld(lock, by: entry.pid) else { continue }
            findings.holders.insert(identity)
        }
        return findings
    }

    /// How long to wait for a process that is between two programs.
    private static let uncertaintyLimit = Duration.milliseconds(500)

    /// Looks again, for a limited time, while a process is between two programs.
    func settledLook() -> Findings {
        let deadline = SystemClock.now + Self.uncertaintyLimit
        while true {
            let findings = self.look()
            guard findings.isUncertain, findings.proven.isEmpty, SystemClock.now < deadline else { return findings }
            // A process shows no environment in the middle of an exec. This thread may block.
            usleep(1000)
        }
    }

    /// Why this process belongs to the workspace and would be ended with it; `nil` if it does not belong.
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

    /// Whether a mark is of this workspace; a copied directory has the nonce of its original, so the nonce is not
    /// enough.
    private func belongs(_ mark: RuntimeMark, _ pid: Int32) -> Bool {
        let isRecorded = !self.record.nonce.isEmpty && mark.nonce == self.record.nonce
        guard let directory = mark.directory else { return isRecorded }
        switch self.workspaceDirectory.relation(of: pid, naming: directory) {
        case .same: return true
        case .other: return false
        case .gone: return isRecorded
        }
    }

    /// The processes that share the session or group of the recorded process, while that provably exists.
    private func members(in entries: [ProcessTable.Entry]) -> Set<Int32> {
        guard let leader = self.record.child, leader.bootID == ProcessTable.bootID else { return [] }
        let members = entries.filter {
            ($0.session == leader.pid || $0.group == leader.pid) && $0.startTicks >= leader.startTicks
        }
        // Checked after the members: if the leader still exists now, its number did not mean another session before.
        guard ProcessTable.identity(of: leader.pid) == leader else { return [] }
        return Set(members.map(\.pid))
    }
}
