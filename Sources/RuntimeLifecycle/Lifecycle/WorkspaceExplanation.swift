/// Why a workspace is as it is, and for whom it waits.
public struct WorkspaceExplanation: Sendable, Hashable {
    /// What the journal says; `nil` when the workspace was never created.
    public let status: WorkspaceStatus?
    /// Who holds the gate in this process.
    public let gateHolder: GateRequest?
    /// Who waits for it, first to be served first.
    public let gateWaiters: [GateRequest]
    /// The process that holds the start lock, if one lives that wrote itself down as its holder.
    public let lockHolder: LockHolder?
    /// The same as sentences, for people.
    public let sentences: [String]
}
