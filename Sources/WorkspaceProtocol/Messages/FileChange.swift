/// A change in the file tree of the workspace.
///
/// Usually it is a ``Operation/refresh`` with an empty path, because agentctl polls and merges more than 50 changes.
/// Source: `/api/v1/workspace/stream`, message `file_change`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
public struct FileChange: Sendable, Hashable {
    /// When agentctl noticed the change.
    public var timestamp = RFC3339Timestamp()

    /// The repository, in a workspace with several; `nil` in a workspace with one.
    public var repositoryName: String?

    /// The path, relative to the workspace; empty for ``Operation/refresh``.
    public var path = ""

    /// What happened.
    public var operation = Operation(rawValue: "")

    /// Creates a value; the defaults stand for members that agentctl omits.
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
