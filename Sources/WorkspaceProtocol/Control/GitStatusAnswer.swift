/// The answer of `GET /api/v1/git/status`.
///
/// In a workspace with several repositories it has success and an empty status; use `/api/v1/git/status/multi` there.
/// An answer can be as large as the largest `git_status` of the workspace stream: 80 MB for 150,000 untracked files. So
/// it has its own reader, and is not `Codable`.
public struct GitStatusAnswer: Sendable, Hashable {
    /// Whether the status was read; with `false`, ``error`` says why not.
    public var isSuccess = false
    /// The status.
    ///
    /// On the wire, an unknown commit or upstream is an empty text here, but absent in the workspace stream. Both are
    /// `nil` in this value.
    public var status = GitStatus()
    /// Why the status was not read, for people.
    public var error: String?

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads a body.
    ///
    /// The rules are those of ``WorkspaceEventDecoder``.
    ///
    /// - Parameter body: The whole body.
    /// - Throws: ``WorkspaceProtocolError`` if it is not JSON, or if a member has another type.
    public init(reading body: RawSpan) throws(WorkspaceProtocolError) { self = try JSONScanner.read(body) }
}

/// The answer of `GET /api/v1/git/status/multi`: one status per repository.
///
/// A workspace with one repository has one entry, without a name.
public struct GitStatusListAnswer: Sendable, Hashable {
    /// The status of one repository.
    public struct Repository: Sendable, Hashable {
        /// The name of the repository; empty if the workspace has only one.
        public var name = ""
        /// Its status.
        public var answer = GitStatusAnswer()

        /// Creates an empty value; then set single properties.
        public init() {}
    }

    /// Whether the statuses were read; with `false`, ``error`` says why not.
    ///
    /// See also the answer of each repository.
    public var isSuccess = false
    /// The repositories, in agentctl's order; `null` on the wire is empty here.
    public var repositories: [Repository] = []
    /// Why the statuses were not read, for people.
    public var error: String?

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads a body; see ``GitStatusAnswer/init(reading:)``.
    ///
    /// - Parameter body: The whole body.
    /// - Throws: ``WorkspaceProtocolError`` if it is not JSON, or if a member has another type.
    public init(reading body: RawSpan) throws(WorkspaceProtocolError) { self = try JSONScanner.read(body) }
}

extension GitStatusAnswer: JSONReadable {
    // The fields of the status have the numbers below these.
    private static var successField: JSONField { JSONField(30, "success") }
    private static var errorField: JSONField { JSONField(31, "error") }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Self.successField, in: &scanner) { self.isSuccess = try scanner.bool() }
        try self.status.read(&members, from: &scanner)
        if members.isNext(Self.errorField, in: &scanner) { self.error = try scanner.string() }
        // Called again and again until the object ends.
        if self.status.remoteBranch == "" { self.status.remoteBranch = nil }
        if self.status.remoteHeadCommit == "" { self.status.remoteHeadCommit = nil }
        if self.status.headCommit == "" { self.status.headCommit = nil }
        if self.status.baseCommit == "" { self.status.baseCommit = nil }
    }
}

extension GitStatusListAnswer: JSONReadable {
    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(JSONField(0, "success"), in: &scanner) { self.isSuccess = try scanner.bool() }
        if members.isNext(JSONField(1, "repos"), in: &scanner) { self.repositories = try scanner.objects() }
        if members.isNext(JSONField(2, "error"), in: &scanner) { self.error = try scanner.string() }
    }
}

extension GitStatusListAnswer.Repository: JSONReadable {
    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(JSONField(0, "repository_name"), in: &scanner) { self.name = try scanner.string() }
        if members.isNext(JSONField(1, "status"), in: &scanner) { self.answer = try scanner.object() }
    }
}

extension JSONScanner {
    /// Reads a body that is one object.
    static func read<Value: JSONReadable>(_ body: RawSpan) throws(WorkspaceProtocolError) -> Value {
        do throws(JSONFailure) {
            return try unsafe body.withUnsafeBytes { bytes throws(JSONFailure) in
                var scanner = unsafe JSONScanner(bytes)
                scanner.skipWhitespace()
                let value: Value = try scanner.object()
                try scanner.finish()
                return value
            }
        } catch {
            throw WorkspaceProtocolError(error)
        }
    }
}
