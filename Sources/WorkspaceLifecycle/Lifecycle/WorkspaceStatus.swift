/// A workspace as its journal and the process table have it at one moment.
public struct WorkspaceStatus: Sendable, Hashable {
    /// The workspace.
    public let id: WorkspaceID
    /// What the journal says.
    public let phase: Phase
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

    init(_ id: WorkspaceID, _ record: JournalRecord) {
        (self.id, self.phase, self.generation) = (id, record.phase, record.generation)
        (self.process, self.endpoint, self.reason) = (record.child, record.endpoint, record.reason)
        self.isAlive = record.child.map { ProcessTable.isAlive($0) } ?? false
        (self.command, self.writtenMilliseconds) = (record.command, record.writtenMilliseconds)
    }
}
