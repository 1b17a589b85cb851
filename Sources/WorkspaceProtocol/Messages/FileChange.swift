/// A change in the file tree of the workspace.
///
/// Most often it is a ``Operation/refresh`` with an empty path: agentctl polls, and collapses more than 50 changes.
/// Source: `/api/v1/workspace/stream`, message `file_change`.
/// A member that is absent or `null` on the wire has the default of the initializer here.
public struct FileChange: Sendable, Hashable {
    /// When agentctl noticed the change.
    public var timestamp = RFC3339Timestamp()

    /// The repository in a workspace of several; `nil` in a workspace of one.
    public var repositoryName: String?

    /// The path, relative to the workspace; empty for ``Operation/refresh``.
    public var path = ""

    /// What happened.
    public var operation = Operation(rawValue: "")

    /// Creates a value; what is left out is what agentctl leaves out.
    ///
    /// - Parameters:
    ///   - timestamp: See ``timestamp``.
    ///   - repositoryName: See ``repositoryName``.
    ///   - path: See ``path``.
    ///   - operation: See ``operation``.
    public init(
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: ""),
        repositoryName: String? = nil,
        path: String = "",
        operation: Operation = Operation(rawValue: "")
    ) {
        self.timestamp = timestamp
        self.repositoryName = repositoryName
        self.path = path
        self.operation = operation
    }
}
