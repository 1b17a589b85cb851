/// Who wants or holds a gate: the answer to "why does it wait, and for whom?".
public struct GateRequest: Sendable, Hashable {
    /// The workspace.
    public let workspace: WorkspaceID
    /// Who asks: the name of the task, if it has one.
    public let requester: String
    /// What the caller is doing or wants to do.
    public let verb: LifecycleVerb
    /// When it asked, or, for a holder, since when it holds the gate: time since an unspecified start.
    public internal(set) var since: Duration
    /// Names this request within its gate; requests are numbered in the order they were made.
    let token: UInt64
}
