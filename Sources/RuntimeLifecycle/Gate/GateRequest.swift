/// A request that waits for a gate or holds it; shows why a call waits.
public struct GateRequest: Sendable, Hashable {
    /// The workspace.
    public let workspace: WorkspaceID
    /// The name of the task that asks, if it has one.
    public let requester: String
    /// The verb of the caller.
    public let verb: LifecycleVerb
    /// The time of the request, or, for a holder, the time when it got the gate; on a monotonic clock.
    public internal(set) var since: Duration
    /// Identifies this request within its gate; requests are numbered in their order.
    let token: UInt64
}
