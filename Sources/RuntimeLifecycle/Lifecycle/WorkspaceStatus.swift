/// A workspace as its journal and the process table have it at one moment.
public struct WorkspaceStatus: Sendable, Hashable {
    /// The workspace.
    public let id: WorkspaceID
    /// What the journal says.
    public let phase: RuntimePhase
    /// The last generation that was started, 0 before the first.
    public let generation: UInt64
    /// The process of that generation, while it is meant to live.
    public let process: ProcessIdentity?
    /// Whether exactly that process lives.
    public let isAlive: Bool
    /// Where it answers, once it has proven itself.
    public let endpoint: String?
    /// Why it failed, or what is wrong with the journal.
    public let reason: String?
    /// The command that is or was run.
    public let command: [String]
    /// When the record was written, in milliseconds since 1970.
    public let writtenMilliseconds: UInt64

    /// How many reactive restarts were used up since somebody asked or health was proven for long enough.
    public let reactiveRestarts: Int
    /// Whether reactive restarts were given up; a restart, a stop or a start gives them a fresh budget.
    public let hasGivenUp: Bool
    /// How long reactive restarts still pause, if they do.
    public let restartPause: Duration?

    init(_ id: WorkspaceID, _ record: JournalRecord, now: Duration) {
        (self.id, self.phase, self.generation) = (id, record.phase, record.generation)
        (self.process, self.endpoint, self.reason) = (record.child, record.endpoint, record.reason)
        self.isAlive = record.child.map { ProcessTable.isAlive($0) } ?? false
        (self.command, self.writtenMilliseconds) = (record.command, record.writtenMilliseconds)
        (self.reactiveRestarts, self.hasGivenUp) = (record.budget.used, record.budget.hasGivenUp)
        let earliest = record.budget.earliest?.time(in: ProcessTable.bootID)
        self.restartPause = earliest.flatMap { $0 > now ? $0 - now : nil }
    }
}
