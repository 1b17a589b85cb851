/// A branch head that moved without a new commit, as by `git reset`.
///
/// Source: `/api/v1/workspace/stream`, message `git_reset`.
/// A member that is absent or `null` on the wire has the default of the initializer here.
public struct GitReset: Sendable, Hashable {
    /// When agentctl noticed the move.
    public var timestamp = RFC3339Timestamp()

    /// The repository in a workspace of several; `nil` in a workspace of one.
    public var repositoryName: String?

    /// The commit before.
    public var previousHead = ""

    /// The commit now.
    public var currentHead = ""

    /// Creates a value; what is left out is what agentctl leaves out.
    ///
    /// - Parameters:
    ///   - timestamp: See ``timestamp``.
    ///   - repositoryName: See ``repositoryName``.
    ///   - previousHead: See ``previousHead``.
    ///   - currentHead: See ``currentHead``.
    public init(
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: ""),
        repositoryName: String? = nil,
        previousHead: String = "",
        currentHead: String = ""
    ) {
        self.timestamp = timestamp
        self.repositoryName = repositoryName
        self.previousHead = previousHead
        self.currentHead = currentHead
    }
}
