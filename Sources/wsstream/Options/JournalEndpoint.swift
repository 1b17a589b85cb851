import RuntimeLifecycle

/// Finds where the runtime of a workspace listens.
enum JournalEndpoint {
    /// The endpoint in the journal, as the URL of a WebSocket.
    ///
    /// Takes no lock and writes nothing.
    ///
    /// - Throws: `LifecycleError` when nothing runs there or the journal can't be read.
    static func address(of workspace: String, root: String?) async throws -> String {
        let lifecycle = try WorkspaceState(root: root, wait: .zero).lifecycle()
        let endpoint = try await lifecycle.endpoint(of: try WorkspaceID(workspace))
        // Schemes are of any case (RFC 3986 §3.1).
        guard endpoint.lowercased().hasPrefix("http://") else { return endpoint }
        return "ws://" + endpoint.dropFirst("http://".count)
    }
}
