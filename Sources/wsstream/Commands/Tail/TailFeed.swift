import AgentRuntime
import WorkspaceFollowing

/// Where a tail gets its events.
enum TailFeed: Sendable {
    /// One stream, which ends when its connection ends.
    case stream(AgentRuntimeClient)
    /// A follower, which connects again.
    case follower(WorkspaceFollower, source: TailEndpointSource)

    /// Closes it, and waits in bounded time until nothing of it is left.
    func close() async {
        switch self {
        case .stream(let client): await client.close()
        case .follower(let follower, _): await follower.close()
        }
    }

    /// What was left after the close; 0, because the barrier waits for all of it.
    var remainingTasks: Int {
        switch self {
        case .stream(let client): client.tasks.count
        case .follower(let follower, _): follower.work.count
        }
    }
}
