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
