/// One message of `/api/v1/workspace/stream`, as a client receives it.
///
/// A server builds it, too, and ``WorkspaceEventEncoder`` writes it. Every frame becomes an event, also one that nobody
/// understands. Events are cheap to move: large contents are behind a reference.
public struct WorkspaceEvent: Sendable, Hashable {
    /// What happened.
    public var content: Content

    /// When the server sent the message, in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// `nil` if the frame had no timestamp or was malformed; agentctl always sends one.
    public var timestamp: Int64?

    /// Creates an event.
    ///
    /// - Parameters:
    ///   - content: What happened.
    ///   - timestamp: Milliseconds since 1970-01-01T00:00:00Z; `nil` for none.
    public init(_ content: Content, timestamp: Int64?) {
        self.content = content
        self.timestamp = timestamp
    }

    /// The `type` of the message; ``WorkspaceMessageType/malformed`` if the frame could not be read.
    public var type: WorkspaceMessageType { self.content.type }

    /// The repository the event is about, in a workspace of several.
    ///
    /// `nil` in a workspace of one, and for events that are not about a repository.
    public var repositoryName: String? {
        switch self.content {
        case .gitStatus(let status): status.repositoryName
        case .gitCommit(let commit): commit.repositoryName
        case .gitReset(let reset): reset.repositoryName
        case .branchSwitch(let branchSwitch): branchSwitch.repositoryName
        case .fileChange(let change): change.repositoryName
        default: nil
        }
    }
}
