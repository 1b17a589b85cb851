extension GitCommit: WorkspacePayload {
    /// The members of `git_commit`, in agentctl's order.
    enum Field: UInt8, JSONName {
        case timestamp
        case repositoryName
        case commitSHA
        case parentSHA
        case message
        case authorName
        case authorEmail
        case filesChanged
        case insertions
        case deletions
        case committedAt

        var name: StaticString {
            switch self {
            case .timestamp: "timestamp"
            case .repositoryName: "repository_name"
            case .commitSHA: "commit_sha"
            case .parentSHA: "parent_sha"
            case .message: "message"
            case .authorName: "author_name"
            case .authorEmail: "author_email"
            case .filesChanged: "files_changed"
            case .insertions: "insertions"
            case .deletions: "deletions"
            case .committedAt: "committed_at"
            }
        }
    }

    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch field {
        case .timestamp: self.timestamp = RFC3339Timestamp(rawValue: try scanner.string())
        case .repositoryName: self.repositoryName = try scanner.string()
        case .commitSHA: self.commitSHA = try scanner.string()
        case .parentSHA: self.parentSHA = try scanner.string()
        case .message: self.message = try scanner.string()
        case .authorName: self.authorName = try scanner.string()
        case .authorEmail: self.authorEmail = try scanner.string()
        case .filesChanged: self.filesChanged = try scanner.int()
        case .insertions: self.insertions = try scanner.int()
        case .deletions: self.deletions = try scanner.int()
        case .committedAt: self.committedAt = RFC3339Timestamp(rawValue: try scanner.string())
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
