/// A branch head that moved without a new commit, for example by `git reset`.
///
/// Source: `/api/v1/workspace/stream`, message `git_reset`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
public struct GitReset: Sendable, Hashable {
    /// When agentctl noticed the move.
    public var timestamp = RFC3339Timestamp()

    /// The repository, in a workspace with several; `nil` in a workspace with one.
    public var repositoryName: String?

    /// The commit before.
    public var previousHead = ""

    /// The commit now.
    public var currentHead = ""

    /// Creates a value; the defaults stand for members that agentctl omits.
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
