public import AgentRuntime

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
    /// A workspace that is removed is left without waiting for it. One that is added while it is in the list is left
    /// first, which may take the time of its close; if it is live, nothing happens. At the end the workspaces stay.
    ///
    /// - Parameter changes: The changes, in their order.
    /// - Throws: The error of the sequence; `CancellationError`.
    public func follow<Changes: AsyncSequence & Sendable>(changes: Changes) async throws
    where Changes.Element == FleetChange {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for try await change in changes { try await self.take(change) } }
            group.addTask { try await self.waitUntilEnded() }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch let error as AgentRuntimeError where error.code == .fleetClosed {
                // The fleet was closed meanwhile.
            }
        }
    }

    private func take(_ change: FleetChange) async throws {
        switch change {
        case .removed(let workspace): self.core.step(.unfollow(workspace))
        case .added(let workspace, let source):
            if let state = self.core.state(of: workspace) {
                if state.connection == .live, !state.isLeaving { return }
                await self.unfollow(workspace)
            }
            do {
                try self.follow(workspace, at: source)
            } catch {
                // Somebody else may have added it meanwhile, or it does not end.
                guard error.code == .alreadyFollowed else { throw error }
            }
        }
    }
}
