/// The state of a workspace in its journal and in the process table at one moment.
public struct WorkspaceStatus: Sendable, Hashable {
    /// The workspace.
    public let id: WorkspaceID
    /// The phase in the journal.
    public let phase: RuntimePhase
    /// The last generation that was started; 0 before the first one.
    public let generation: UInt64
    /// The process of that generation, while it should live.
    public let process: ProcessIdentity?
    /// Whether exactly this process lives.
    public let isAlive: Bool
    /// Where the runtime answers, after it has proven its identity.
    public let endpoint: String?
    /// Why the workspace failed, or what is wrong with the journal.
    public let reason: String?
    /// The command that runs, or ran last.
    public let command: [String]
    /// When the record was written, in milliseconds since 1970.
    public let writtenMilliseconds: UInt64

    /// The number of reactive restarts since the last reset.
    public let reactiveRestarts: Int
    /// Whether reactive restarts were given up; a restart, a stop or a start resets the budget.
    public let hasGivenUp: Bool
    /// The time until the next reactive restart is allowed; `nil` if there is no pause.
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
