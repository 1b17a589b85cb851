/// Why a workspace is in its state, and what its calls wait for.
public struct WorkspaceExplanation: Sendable, Hashable {
    /// The content of the journal; `nil` if the workspace was never created.
    public let status: WorkspaceStatus?
    /// The request that holds the gate in this process.
    public let gateHolder: GateRequest?
    /// The requests that wait for the gate, in the order in which they will be served.
    public let gateWaiters: [GateRequest]
    /// The process that holds the start lock, if a live process has written itself down as the holder.
    public let lockHolder: LockHolder?
    /// The same as sentences, for people.
    public let sentences: [String]
}
