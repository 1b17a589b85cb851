public import AgentRuntime
public import WorkspaceProtocol

/// One element of a followed agent stream: an event, or a word about what happened between the events.
///
/// After a return the order is: the gap; then the permission requests that wait; then events.
@nonexhaustive public enum FollowedAgentElement: Sendable {
    /// An event, as it came on the wire.
    case event(AgentEvent)

    /// The permission requests of the agent that wait for an answer, found by `agent.permissions.list` after a return.
    ///
    /// Requests that were sent before do not come again as events. The list can have requests that you have seen.
    case permissions([AgentPermission])

    /// Events may be missing here.
    ///
    /// Its scope is always ``Gap/Scope-swift.enum/stream``, which here means the agent stream. The cause
    /// ``Gap/Cause-swift.struct/disconnected`` comes with certainty `unknown`: agentctl keeps the events for the next
    /// client, so nothing is missing unless another client has taken some, or the network has lost what agentctl had
    /// written. ``Gap/Cause-swift.struct/replaced``: the agent of another runtime is followed from now on; it must be
    /// initialized. ``Gap/Cause-swift.struct/unanswered``: nobody knows which permission requests wait.
    indirect case gap(Gap)

    /// The connection has changed.
    indirect case connection(FollowerState)
}
