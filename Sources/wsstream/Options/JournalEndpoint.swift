import RuntimeLifecycle

/// Finds the address of the runtime of a workspace.
enum JournalEndpoint {
    /// The endpoint in the journal, as the URL of a WebSocket.
    ///
    /// Takes no lock and writes nothing.
    ///
    /// - Throws: `LifecycleError` if no runtime runs there, or if the journal can't be read.
    static func address(of workspace: String, root: String?) async throws -> String {
        let lifecycle = try WorkspaceState(root: root, wait: .zero).lifecycle()
        let endpoint = try await lifecycle.endpoint(of: try WorkspaceID(workspace))
        // Schemes are case-insensitive (RFC 3986 §3.1).
        guard endpoint.lowercased().hasPrefix("http://") else { return endpoint }
        return "ws://" + endpoint.dropFirst("http://".count)
    }
}
