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

extension GitCommit: WorkspacePayload {
    /// The members of `git_commit`, in agentctl's order.
    enum Field {
        static var timestamp: JSONField { JSONField(0, "timestamp") }
        static var repositoryName: JSONField { JSONField(1, "repository_name") }
        static var commitSHA: JSONField { JSONField(2, "commit_sha") }
        static var parentSHA: JSONField { JSONField(3, "parent_sha") }
        static var message: JSONField { JSONField(4, "message") }
        static var authorName: JSONField { JSONField(5, "author_name") }
        static var authorEmail: JSONField { JSONField(6, "author_email") }
        static var filesChanged: JSONField { JSONField(7, "files_changed") }
        static var insertions: JSONField { JSONField(8, "insertions") }
        static var deletions: JSONField { JSONField(9, "deletions") }
        static var committedAt: JSONField { JSONField(10, "committed_at") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
        if members.isNext(Field.repositoryName, in: &scanner) { self.repositoryName = try scanner.string() }
        if members.isNext(Field.commitSHA, in: &scanner) { self.commitSHA = try scanner.string() }
        if members.isNext(Field.parentSHA, in: &scanner) { self.parentSHA = try scanner.string() }
        if members.isNext(Field.message, in: &scanner) { self.message = try scanner.string() }
        if members.isNext(Field.authorName, in: &scanner) { self.authorName = try scanner.string() }
        if members.isNext(Field.authorEmail, in: &scanner) { self.authorEmail = try scanner.string() }
        if members.isNext(Field.filesChanged, in: &scanner) { self.filesChanged = try scanner.int() }
        if members.isNext(Field.insertions, in: &scanner) { self.insertions = try scanner.int() }
        if members.isNext(Field.deletions, in: &scanner) { self.deletions = try scanner.int() }
        if members.isNext(Field.committedAt, in: &scanner) {
            self.committedAt = try scanner.timestamp()
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.member(Field.commitSHA.name, self.commitSHA)
        writer.member(Field.parentSHA.name, self.parentSHA)
        writer.member(Field.message.name, self.message)
        writer.member(Field.authorName.name, self.authorName)
        writer.member(Field.authorEmail.name, self.authorEmail)
        writer.member(Field.filesChanged.name, self.filesChanged)
        writer.member(Field.insertions.name, self.insertions)
        writer.member(Field.deletions.name, self.deletions)
        writer.member(Field.committedAt.name, self.committedAt.rawValue)
    }
}
