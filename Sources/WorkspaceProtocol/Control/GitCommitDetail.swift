/// The answer of `GET /api/v1/git/commit/:sha`: one commit with the differences of its files.
///
/// Like ``GitStatusAnswer`` it can be large, so it has its own reader.
public struct GitCommitDetail: Sendable, Hashable {
    /// Whether the commit was read; with `false`, ``error`` says why not.
    public var isSuccess = false
    /// The hash of the commit.
    public var commitSHA = ""
    /// The message.
    public var message = ""
    /// The author, as git shows it.
    public var author = ""
    /// When it was made, as git shows it; this text is not always RFC 3339.
    public var date = ""
    /// The changed files, by path.
    public var files: [String: GitStatus.FileInfo] = [:]
    /// The number of changed files.
    public var filesChanged = 0
    /// The number of added lines.
    public var insertions = 0
    /// The number of removed lines.
    public var deletions = 0
    /// Why the commit was not read, for people.
    public var error: String?

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads a body; see ``GitStatusAnswer/init(reading:)``.
    ///
    /// - Parameter body: The whole body.
    /// - Throws: ``WorkspaceProtocolError`` if it is not JSON, or if a member has another type.
    public init(reading body: RawSpan) throws(WorkspaceProtocolError) { self = try JSONScanner.read(body) }
}

extension GitCommitDetail: JSONReadable {
    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(JSONField(0, "success"), in: &scanner) { self.isSuccess = try scanner.bool() }
        if members.isNext(JSONField(1, "commit_sha"), in: &scanner) { self.commitSHA = try scanner.string() }
        if members.isNext(JSONField(2, "message"), in: &scanner) { self.message = try scanner.string() }
        if members.isNext(JSONField(3, "author"), in: &scanner) { self.author = try scanner.string() }
        if members.isNext(JSONField(4, "date"), in: &scanner) { self.date = try scanner.string() }
        if members.isNext(JSONField(5, "files"), in: &scanner) { self.files = try scanner.dictionary(expectedCount: 8) }
        if members.isNext(JSONField(6, "files_changed"), in: &scanner) { self.filesChanged = try scanner.int() }
        if members.isNext(JSONField(7, "insertions"), in: &scanner) { self.insertions = try scanner.int() }
        if members.isNext(JSONField(8, "deletions"), in: &scanner) { self.deletions = try scanner.int() }
        if members.isNext(JSONField(9, "error"), in: &scanner) { self.error = try scanner.string() }
    }
}
