/// The answer of `GET /api/v1/git/log`.
public struct GitLogAnswer: Codable, Sendable, Hashable {
    /// A repository whose log could not be read, in an answer about several.
    public struct Failure: Codable, Sendable, Hashable {
        /// The repository.
        public var repositoryName = ""
        /// What failed, for people.
        public var error = ""
        /// A stable name of the failure; `nil` if agentctl does not say.
        public var errorCode: String?

        /// Creates an empty value; then set single properties.
        public init() {}

        /// Reads an answer; see ``RuntimeStatus/init(from:)``.
        ///
        /// - Parameter decoder: The decoder.
        /// - Throws: `DecodingError` if a member has another type.
        public init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            self.repositoryName = try members.text(.repositoryName)
            self.error = try members.text(.error)
            self.errorCode = try members.textIfAny(.errorCode)
        }

        private enum CodingKeys: String, CodingKey {
            case repositoryName = "repository_name"
            case error
            case errorCode = "error_code"
        }
    }

    /// Whether the log was read; with `false`, ``error`` says why not.
    public var isSuccess = false
    /// The commits, newest first.
    ///
    /// In a workspace with several repositories the list is empty, with success, if the request names none of them.
    public var commits: [GitLogEntry] = []
    /// Why the log was not read, for people.
    public var error: String?
    /// A stable name of the failure; `nil` if agentctl does not say.
    public var errorCode: String?
    /// Repositories whose log could not be read; newer versions of agentctl send it.
    public var failures: [Failure] = []

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.isSuccess = try members.value(.isSuccess, or: false)
        self.commits = try members.value(.commits, or: [])
        self.error = try members.textIfAny(.error)
        self.errorCode = try members.textIfAny(.errorCode)
        self.failures = try members.value(.failures, or: [])
    }

    /// Writes the members as agentctl does.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: An error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(self.isSuccess, forKey: .isSuccess)
        try members.encode(self.commits, forKey: .commits)
        try members.encodeIfPresent(self.error, forKey: .error)
        try members.encodeIfPresent(self.errorCode, forKey: .errorCode)
        if !self.failures.isEmpty { try members.encode(self.failures, forKey: .failures) }
    }

    private enum CodingKeys: String, CodingKey {
        case isSuccess = "success"
        case commits
        case error
        case errorCode = "error_code"
        case failures = "per_repo_errors"
    }
}

/// One commit in the answer of `GET /api/v1/git/log`.
public struct GitLogEntry: Codable, Sendable, Hashable {
    /// The hash of the commit.
    public var commitSHA = ""
    /// The hash of its first parent; empty for the first commit.
    public var parentSHA = ""
    /// The message.
    public var message = ""
    /// The name of the author.
    public var authorName = ""
    /// The address of the author.
    public var authorEmail = ""
    /// When it was committed, with the offset of the author's time zone, such as `2026-11-29T07:31:33+00:00`.
    public var committedAt = RFC3339Timestamp()
    /// The number of changed files; 0 for a merge.
    public var filesChanged = 0
    /// The number of added lines; 0 for a merge.
    public var insertions = 0
    /// The number of removed lines; 0 for a merge.
    public var deletions = 0
    /// Whether the upstream of the branch has the commit.
    public var isPushed = false
    /// All other members.
    public var unknownMembers: [String: JSONValue] = [:]

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.commitSHA = try members.text(.commitSHA)
        self.parentSHA = try members.text(.parentSHA)
        self.message = try members.text(.message)
        self.authorName = try members.text(.authorName)
        self.authorEmail = try members.text(.authorEmail)
        self.committedAt = try members.value(.committedAt, or: self.committedAt)
        self.filesChanged = try members.value(.filesChanged, or: 0)
        self.insertions = try members.value(.insertions, or: 0)
        self.deletions = try members.value(.deletions, or: 0)
        self.isPushed = try members.value(.isPushed, or: false)
        self.unknownMembers = try decoder.unknownMembers(CodingKeys.self)
    }

    /// Writes the members as agentctl does.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: An error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(self.commitSHA, forKey: .commitSHA)
        try members.encode(self.parentSHA, forKey: .parentSHA)
        try members.encode(self.message, forKey: .message)
        try members.encode(self.authorName, forKey: .authorName)
        try members.encode(self.authorEmail, forKey: .authorEmail)
        try members.encode(self.committedAt, forKey: .committedAt)
        try members.encode(self.filesChanged, forKey: .filesChanged)
        try members.encode(self.insertions, forKey: .insertions)
        try members.encode(self.deletions, forKey: .deletions)
        try members.encode(self.isPushed, forKey: .isPushed)
        try encoder.encode(unknownMembers: self.unknownMembers)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case commitSHA = "commit_sha"
        case parentSHA = "parent_sha"
        case message = "commit_message"
        case authorName = "author_name"
        case authorEmail = "author_email"
        case committedAt = "committed_at"
        case filesChanged = "files_changed"
        case insertions, deletions
        case isPushed = "pushed"
    }
}
