public import AgentRuntime
import ConcurrencyPrimitives
public import ServiceLifecycle
public import WorkspaceFollowing

extension AgentRuntimeClient: Service {
    /// Runs until the service group ends, and closes the client then.
    ///
    /// It does nothing else: streams are opened by other code, and are closed with the client.
    ///
    /// On a graceful shutdown it closes like ``AgentRuntime/AgentRuntimeClient/close()``, with the same bound, and returns
    /// when nothing is left. So let the services that use the client come later in the group: they are shut down first.
    /// Cancelling the task does the same.
    ///
    /// - Throws: ``AgentRuntimeServiceError`` with `closed` if other code has closed the client, and `leftBehind`.
    public func run() async throws {
        let told = Promise<Void>()
        guard let membership = self.join({ told.resolve(()) }) else { throw AgentRuntimeServiceError.closed }
        try await runUntilShutdown {
            try await told.waitUnlessCancelled()
            return nil
        } close: {
            // The close waits for all members.
            membership.leave()
            return await self.close().map(\.description)
        }
    }
}

extension WorkspaceFollower: Service {
    /// Starts the follower, runs until the service group ends, and closes the follower then.
    ///
    /// Other code takes the elements, in the same process.
    ///
    /// On a graceful shutdown it closes like ``WorkspaceFollowing/WorkspaceFollower/close(within:)``, with the same bound,
    /// and returns when nothing is left; elements that were received can still be taken. Cancelling the task does the
    /// same.
    ///
    /// - Throws: ``AgentRuntimeServiceError`` with `failed` or `gaveUp` if the follower has ended by itself, `closed` if
    ///   other code has closed it or its client, and `leftBehind`.
    public func run() async throws {
        self.start()
        try await runUntilShutdown {
            AgentRuntimeServiceError(try await self.waitUntilEnded())
        } close: {
            await self.close().map(\.rawValue)
        }
    }
}

extension AgentFollower: Service {
    /// Starts the follower, runs until the service group ends, and closes the follower then.
    ///
    /// See ``WorkspaceFollowing/WorkspaceFollower/run()``. A follower that belongs to a `WorkspaceFollower` needs no
    /// service of its own.
    ///
    /// - Throws: ``AgentRuntimeServiceError``.
    public func run() async throws {
        self.start()
        try await runUntilShutdown {
            AgentRuntimeServiceError(try await self.waitUntilEnded())
        } close: {
            await self.close().map(\.rawValue)
        }
    }
}

extension WorkspaceFleet: Service {
    /// Runs until the service group ends, and closes the fleet then.
    ///
    /// Other code adds workspaces, and takes the elements. A workspace whose follower ends by itself does not end the
    /// service. On a graceful shutdown it closes like ``WorkspaceFollowing/WorkspaceFleet/close(within:)``, with the same
    /// bound, and returns when nothing is left; elements that were received can still be taken. Cancelling the task does
    /// the same.
    ///
    /// - Throws: ``AgentRuntimeServiceError`` with `closed` if other code has closed the fleet, and `leftBehind`.
    public func run() async throws {
        try await runUntilShutdown {
            try await self.waitUntilEnded()
            return nil
        } close: {
            await self.close().map { "\($0.workspace): \($0.work.map(\.rawValue).joined(separator: ", "))" }
        }
    }
}
