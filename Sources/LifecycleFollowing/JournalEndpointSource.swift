import AgentRuntime
public import RuntimeLifecycle
public import WorkspaceFollowing

/// Says where the runtime of a workspace is, by the journal of its lifecycle, which it reads each time it is asked.
///
/// A follower asks it before every attempt. So a runtime that was started again, on any port, is followed. It starts
/// nothing; for that, take a `ClosureEndpointSource` with `getOrStart`.
public struct JournalEndpointSource: EndpointSource {
    /// The lifecycle, of this program or only to read the state directory of another one.
    public let lifecycle: WorkspaceLifecycle
    /// The workspace.
    public let workspace: WorkspaceID
    private let token: String?

    /// Creates a source.
    ///
    /// - Parameters:
    ///   - workspace: The workspace.
    ///   - lifecycle: Reads the journal.
    ///   - token: The token of the runtime; nil for none.
    public init(of workspace: WorkspaceID, in lifecycle: WorkspaceLifecycle, token: String? = nil) {
        (self.workspace, self.lifecycle, self.token) = (workspace, lifecycle, token)
    }

    /// Where the runtime is now, with the generation of the journal.
    ///
    /// - Returns: The endpoint.
    /// - Throws: `LifecycleError` with `unknownWorkspace` or `notReady`, or why the journal can't be read. A follower
    ///   tries again later. `AgentRuntimeError` with `invalidConfiguration` for an endpoint that can't be used.
    public func endpoint() async throws -> FollowedEndpoint {
        let status = try await self.lifecycle.status(self.workspace)
        guard let status, let url = status.endpoint, status.isAlive else {
            // It throws the error with the words for each reason; unless the runtime has become ready meanwhile.
            _ = try await self.lifecycle.endpoint(of: self.workspace)
            return try await self.endpoint()
        }
        return FollowedEndpoint(
            try RuntimeEndpoint(url, token: self.token),
            generation: Int(clamping: status.generation)
        )
    }
}
