/// A running runtime.
public struct RunningRuntime: Sendable, Hashable {
    /// The workspace it belongs to.
    public let workspace: WorkspaceID
    /// Its generation.
    public let generation: UInt64
    /// Its process.
    public let process: ProcessIdentity
    /// The endpoint where it answers.
    public let endpoint: String

    init?(_ id: WorkspaceID, _ record: JournalRecord) {
        guard let process = record.child, let endpoint = record.endpoint else { return nil }
        (self.workspace, self.generation, self.process, self.endpoint) = (id, record.generation, process, endpoint)
    }
}
