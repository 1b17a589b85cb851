/// A commit that appeared on the current branch.
///
/// Source: `/api/v1/workspace/stream`, message `git_commit`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
public struct GitCommit: Sendable, Hashable {
    /// When agentctl noticed the commit.
    public var timestamp = RFC3339Timestamp()

    /// The repository, in a workspace with several; `nil` in a workspace with one.
    public var repositoryName: String?

    /// The commit.
    public var commitSHA = ""

    /// Its first parent; empty for the first commit of a repository.
    public var parentSHA = ""

    /// The commit message.
    public var message = ""

    /// The author's name.
    public var authorName = ""

    /// The author's address.
    public var authorEmail = ""

    /// The number of files changed.
    public var filesChanged = 0

    /// The number of lines added.
    public var insertions = 0

    /// The number of lines removed.
    public var deletions = 0

    /// When the commit was made, according to git.
    public var committedAt = RFC3339Timestamp()

    /// Creates a value; the defaults stand for members that agentctl omits.
    ///
    /// - Parameters:
    ///   - timestamp: See ``timestamp``.
    ///   - repositoryName: See ``repositoryName``.
    ///   - commitSHA: See ``commitSHA``.
    ///   - parentSHA: See ``parentSHA``.
    ///   - message: See ``message``.
    ///   - authorName: See ``authorName``.
    ///   - authorEmail: See ``authorEmail``.
    ///   - filesChanged: See ``filesChanged``.
    ///   - insertions: See ``insertions``.
    ///   - deletions: See ``deletions``.
    ///   - committedAt: See ``committedAt``.
    public init(
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: ""),
        repositoryName: String? = nil,
        commitSHA: String = "",
        parentSHA: String = "",
        message: String = "",
        authorName: String = "",
        authorEmail: String = "",
        filesChanged: Int = 0,
        insertions: Int = 0,
        deletions: Int = 0,
        committedAt: RFC3339Timestamp = RFC3339Timestamp(rawValue: "")
    ) {
        self.timestamp = timestamp
        self.repositoryName = repositoryName
        self.commitSHA = commitSHA
        self.parentSHA = parentSHA
        self.message = message
        self.authorName = authorName
        self.authorEmail = authorEmail
        self.filesChanged = filesChanged
        self.insertions = insertions
        self.deletions = deletions
        self.committedAt = committedAt
    }
}
