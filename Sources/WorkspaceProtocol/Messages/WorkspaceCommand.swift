/// A message that a client may send on `/api/v1/workspace/stream`.
@nonexhaustive public enum WorkspaceCommand: Sendable, Hashable {
    /// Asks for a `pong` (`ping`).
    case ping

    /// Sends text to the default shell (`shell_input`); if there is no shell, the text is lost without an error.
    case shellInput(String)

    /// Sends the size of the terminal in characters (`shell_resize`); agentctl accepts it, but does not use it.
    case shellResize(columns: Int, rows: Int)

    /// The message of the command.
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
