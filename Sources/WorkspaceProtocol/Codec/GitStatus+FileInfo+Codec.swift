extension GitStatus.FileInfo: WorkspacePayload {
    /// The members of `files.*` in `git_status`, in agentctl's order.
    enum Field {
        static var path: JSONField { JSONField(0, "path") }
        static var status: JSONField { JSONField(1, "status") }
        static var staged: JSONField { JSONField(2, "staged") }
        static var additions: JSONField { JSONField(3, "additions") }
        static var deletions: JSONField { JSONField(4, "deletions") }
        static var oldPath: JSONField { JSONField(5, "old_path") }
        static var diff: JSONField { JSONField(6, "diff") }
        static var diffSkipReason: JSONField { JSONField(7, "diff_skip_reason") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.path, in: &scanner) { self.path = try scanner.string() }
        if members.isNext(Field.status, in: &scanner) {
            self.status = GitStatus.FileStatus(rawValue: try scanner.string())
        }
        if members.isNext(Field.staged, in: &scanner) { self.staged = try scanner.bool() }
        if members.isNext(Field.additions, in: &scanner) { self.additions = try scanner.int() }
        if members.isNext(Field.deletions, in: &scanner) { self.deletions = try scanner.int() }
        if members.isNext(Field.oldPath, in: &scanner) { self.oldPath = try scanner.string() }
        if members.isNext(Field.diff, in: &scanner) { self.diff = try scanner.string() }
        if members.isNext(Field.diffSkipReason, in: &scanner) {
            self.diffSkipReason = GitStatus.DiffSkipReason(rawValue: try scanner.string())
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
