import ArgumentParser
import WorkspaceLifecycle

/// Finds where the runtime of a workspace listens.
enum JournalEndpoint {
    /// The endpoint in the journal, as the URL of a WebSocket.
    ///
    /// Takes no lock and writes nothing.
    ///
    /// - Throws: `ValidationError` when nothing runs there, `LifecycleError` when the journal can't be read.
    static func address(of workspace: String, root: String?) async throws -> String {
        let lifecycle = try WorkspaceState(root: root, wait: .zero).lifecycle()
        let status = try await lifecycle.status(try WorkspaceID(workspace))
        guard let endpoint = status?.endpoint else {
            throw ValidationError("Workspace \(workspace) has no runtime; start it by 'wsstream workspace up'.")
        }
        guard endpoint.hasPrefix("http://") else { return endpoint }
        return "ws://" + endpoint.dropFirst("http://".count)
    }
}
