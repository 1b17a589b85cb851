public import AgentRuntime
import ConcurrencyPrimitives

/// A change of the workspaces that a fleet should follow.
@nonexhaustive public enum FleetChange: Sendable {
    /// A workspace has appeared, or its runtime is another one now.
    case added(String, at: any EndpointSource)
    /// A workspace has gone.
    case removed(String)
}

extension WorkspaceFleet {
    /// Follows a workspace, and lets code of yours take its elements; it returns at once.
    ///
    /// The elements come by the follower that `body` gets, and not by ``elements`` of the fleet. `body` runs in a task of
    /// its own, which is a member of the fleet: ``unfollow(_:within:)`` and ``close(within:)`` wait for it. When its
    /// follower has ended, its task is cancelled; it can still take what was received. If `body` returns, the workspace
    /// is left. If it throws, `policy` says what happens; ``states`` has the error; the fleet and the other workspaces go
    /// on. To leave its own workspace, `body` returns; it must not wait for ``unfollow(_:within:)``, which waits for it.
    ///
    /// - Parameters:
    ///   - workspace: The id of the workspace; any text.
    ///   - source: Says where its runtime is.
    ///   - position: Where to go on; nil begins with the first event that comes.
    ///   - policy: What happens when `body` throws.
    ///   - body: Takes the elements. It must end soon after its task was cancelled.
    /// - Returns: The follower.
    /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `alreadyFollowed` or `fleetClosed`.
    @discardableResult
    public func follow(
        _ workspace: String,
        at source: any EndpointSource,
        from position: FollowerPosition? = nil,
        policy: FleetChildPolicy = .restart,
        _ body: @escaping @Sendable (WorkspaceFollower) async throws -> Void
    ) throws(AgentRuntimeError) -> WorkspaceFollower {
        try self.core.follow(workspace, at: source, from: position, FleetChild(policy, body))
    }

    /// Follows the workspaces that a sequence names, until it ends, the fleet is closed, or the task is cancelled.
    ///
    /// A workspace that is removed is left without waiting for it. If one is added that is followed already, its follower
    /// goes on with the new source: if it waits, it tries at once, and tells a gap for the time between. If its follower
    /// has ended, or is being left, it is followed anew when nothing of the old one is left. A workspace that other code
    /// has added keeps its source. At the end the workspaces stay.
    ///
    /// - Parameter changes: The changes, in their order.
    /// - Throws: The error of the sequence; `CancellationError`.
    public func follow<Changes: AsyncSequence & Sendable>(changes: Changes) async throws
    where Changes.Element == FleetChange {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var sources: [String: ReplaceableSource] = [:]
                for try await change in changes { try await self.take(change, &sources) }
            }
            group.addTask { try await self.waitUntilEnded() }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch let error as AgentRuntimeError where error.code == .fleetClosed {
                // The fleet was closed meanwhile.
            }
        }
    }

    private func take(_ change: FleetChange, _ sources: inout [String: ReplaceableSource]) async throws {
        switch change {
        case .removed(let workspace):
            sources[workspace] = nil
            self.core.step(.unfollow(workspace))
        case .added(let workspace, let source):
            while let state = self.core.state(of: workspace) {
                let isOver = if case .gone = state.connection { true } else { state.isLeaving }
                guard isOver else {
                    sources[workspace]?.replace(source)
                    self.follower(workspace)?.reconnectNow()
                    return
                }
                // It waits in bounded time, so this tries again until nothing is left.
                await self.unfollow(workspace)
                try Task.checkCancellation()
            }
            let replaceable = ReplaceableSource(source)
            do {
                try self.follow(workspace, at: replaceable)
                sources[workspace] = replaceable
            } catch {
                // Somebody else may have added it meanwhile.
                guard error.code == .alreadyFollowed else { throw error }
            }
        }
    }
}

/// A source in whose place another one can be put, while a follower has it.
final class ReplaceableSource: EndpointSource {
    private let source: Locked<any EndpointSource>

    init(_ source: any EndpointSource) { self.source = Locked(source) }

    func replace(_ source: any EndpointSource) { self.source.withLock { $0 = source } }

    func endpoint() async throws -> FollowedEndpoint { try await self.source.withLock { $0 }.endpoint() }
}
