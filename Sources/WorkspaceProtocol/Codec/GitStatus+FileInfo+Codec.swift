extension GitStatus.FileInfo: WorkspacePayload {
    /// The members of `files.*` in `git_status`, in agentctl's order.
    enum Field: UInt8, JSONName {
        case path
        case status
        case staged
        case additions
        case deletions
        case oldPath
        case diff
        case diffSkipReason

        var name: StaticString {
            switch self {
            case .path: "path"
            case .status: "status"
            case .staged: "staged"
            case .additions: "additions"
            case .deletions: "deletions"
            case .oldPath: "old_path"
            case .diff: "diff"
            case .diffSkipReason: "diff_skip_reason"
            }
        }
    }

    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch field {
        case .path: self.path = try scanner.string()
        case .status: self.status = GitStatus.FileStatus(rawValue: try scanner.string())
        case .staged: self.staged = try scanner.bool()
        case .additions: self.additions = try scanner.int()
        case .deletions: self.deletions = try scanner.int()
        case .oldPath: self.oldPath = try scanner.string()
        case .diff: self.diff = try scanner.string()
        case .diffSkipReason: self.diffSkipReason = GitStatus.DiffSkipReason(rawValue: try scanner.string())
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.path.name, self.path)
        writer.member(Field.status.name, self.status.rawValue)
        writer.member(Field.staged.name, self.staged)
        writer.memberIfNotZero(Field.additions.name, self.additions)
        writer.memberIfNotZero(Field.deletions.name, self.deletions)
        writer.memberIfPresent(Field.oldPath.name, self.oldPath)
        writer.memberIfPresent(Field.diff.name, self.diff)
        writer.memberIfPresent(Field.diffSkipReason.name, self.diffSkipReason?.rawValue)
    }
}
