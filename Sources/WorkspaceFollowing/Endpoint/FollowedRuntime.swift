package import AgentRuntime
package import WorkspaceProtocol

/// One runtime, as a follower uses it; tests replace it by a runtime in memory.
package protocol FollowedRuntime: Sendable {
    /// Registers the follower in the barrier of the runtime's client, before it does anything there.
    ///
    /// - Parameter cancel: Tells the follower to end; called once, must not wait.
    /// - Returns: What the follower calls as its last action; nil if the client is closed.
    func join(_ cancel: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)?

    /// Opens the workspace stream; cancelling the task ends the attempt, and nothing of it is left.
    func openStream(to receiver: any WorkspaceEventReceiver) async throws -> any FollowedStream

    /// Whether the follower has made the runtime's client, and so closes it.
    var isOwned: Bool { get }

    /// Closes the runtime's client, if the follower has made it, and waits in bounded time.
    ///
    /// - Returns: The tasks that are left; normally empty.
    func close(within limit: Duration?) async -> [StreamTaskReport]

    func shellStatus(timeout: Duration) async throws -> ShellStatus
    func shellBuffer(timeout: Duration) async throws -> String
    func processes(timeout: Duration) async throws -> [WorkspaceProcess]
    func process(id: String, timeout: Duration) async throws -> WorkspaceProcess?
    func gitLog(since: String?, repository: String?, limit: Int, timeout: Duration) async throws -> GitLogAnswer
    func gitStatus(timeout: Duration) async throws -> GitStatusAnswer
    func gitStatusMulti(timeout: Duration) async throws -> GitStatusListAnswer
}

extension FollowedRuntime {
    package var isOwned: Bool { true }
}

/// An open stream of a ``FollowedRuntime``.
package protocol FollowedStream: Sendable {
    /// The stream itself, for commands; nil in memory.
    var workspaceStream: WorkspaceStream? { get }

    /// Calls `use` once, when nothing of the stream is left; it must not wait.
    func whenDrained(_ use: @escaping @Sendable (StreamEnd) -> Void)

    /// Asks the stream to close in bounded time; returns at once.
    func requestClose(within limit: Duration?)
}

/// Makes the runtime for an endpoint.
package typealias RuntimeConnector = @Sendable (FollowedEndpoint) throws -> any FollowedRuntime

/// A runtime over an `AgentRuntimeClient`.
struct ClientRuntime: FollowedRuntime {
    let client: AgentRuntimeClient
    let isOwned: Bool
    /// Closes the client, if this was its last user and it does not belong to the caller.
    private let release: @Sendable (Duration?) async -> [StreamTaskReport]

    /// Creates a runtime with one user.
    ///
    /// - Parameters:
    ///   - client: The client.
    ///   - isOwned: Whether the follower has made the client, and so closes it.
    init(client: AgentRuntimeClient, isOwned: Bool) {
        self.init(client: client, isOwned: isOwned) { limit in
            guard isOwned else { return [] }
            return if let limit { await client.close(within: limit) } else { await client.close() }
        }
    }

    /// Creates a runtime that may have other users.
    ///
    /// - Parameters:
    ///   - client: The client.
    ///   - isOwned: See ``FollowedRuntime/isOwned``.
    ///   - release: This user does not need it any more.
    init(
        client: AgentRuntimeClient,
        isOwned: Bool,
        release: @escaping @Sendable (Duration?) async -> [StreamTaskReport]
    ) {
        (self.client, self.isOwned, self.release) = (client, isOwned, release)
    }

    func join(_ cancel: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
        guard let membership = self.client.join(cancel) else { return nil }
        return { membership.leave() }
    }

    func openStream(to receiver: any WorkspaceEventReceiver) async throws -> any FollowedStream {
        OpenedStream(stream: try await self.client.openWorkspaceStream(to: receiver))
    }

    func close(within limit: Duration?) async -> [StreamTaskReport] { await self.release(limit) }

    func shellStatus(timeout: Duration) async throws -> ShellStatus {
        try await self.client.control.shellStatus(timeout: timeout)
    }

    func shellBuffer(timeout: Duration) async throws -> String {
        try await self.client.control.shellBuffer(timeout: timeout)
    }

    func processes(timeout: Duration) async throws -> [WorkspaceProcess] {
        try await self.client.control.processes(timeout: timeout)
    }

    func process(id: String, timeout: Duration) async throws -> WorkspaceProcess? {
        try await self.client.control.process(id: id, withOutput: true, timeout: timeout)
    }

    func gitLog(since: String?, repository: String?, limit: Int, timeout: Duration) async throws -> GitLogAnswer {
        try await self.client.control.gitLog(since: since, repository: repository, limit: limit, timeout: timeout)
    }

    func gitStatus(timeout: Duration) async throws -> GitStatusAnswer {
        try await self.client.control.gitStatus(timeout: timeout)
    }

    func gitStatusMulti(timeout: Duration) async throws -> GitStatusListAnswer {
        try await self.client.control.gitStatusMulti(timeout: timeout)
    }
}

private struct OpenedStream: FollowedStream {
    let stream: WorkspaceStream

    var workspaceStream: WorkspaceStream? { self.stream }

    func whenDrained(_ use: @escaping @Sendable (StreamEnd) -> Void) { self.stream.whenDrained(use) }

    func requestClose(within limit: Duration?) { self.stream.requestClose(within: limit) }
}
