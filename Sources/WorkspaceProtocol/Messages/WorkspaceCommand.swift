/// What a client may send on `/api/v1/workspace/stream`.
public enum WorkspaceCommand: Sendable, Hashable {
    /// Asks for a `pong` (`ping`).
    case ping

    /// Types into the default shell (`shell_input`); lost without an error if there is no shell.
    case shellInput(String)

    /// Tells the size of the terminal in characters (`shell_resize`); agentctl accepts it without effect.
    case shellResize(columns: Int, rows: Int)

    /// The message that carries the command.
    ///
    /// - Parameter timestamp: When it is sent, in milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: An event for ``WorkspaceEventEncoder``.
    public func event(timestamp: Int64) -> WorkspaceEvent {
        switch self {
        case .ping: WorkspaceEvent(.ping, timestamp: timestamp)
        case .shellInput(let text): WorkspaceEvent(.shellInput(text), timestamp: timestamp)
        case .shellResize(let columns, let rows):
            WorkspaceEvent(.shellResize(columns: columns, rows: rows), timestamp: timestamp)
        }
    }
}
