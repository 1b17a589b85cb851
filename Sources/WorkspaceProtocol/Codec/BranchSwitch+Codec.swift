extension BranchSwitch: WorkspacePayload {
    /// The members of `branch_switch`, in agentctl's order.
    enum Field {
        static var timestamp: JSONField { JSONField(0, "timestamp") }
        static var repositoryName: JSONField { JSONField(1, "repository_name") }
        static var previousBranch: JSONField { JSONField(2, "previous_branch") }
        static var currentBranch: JSONField { JSONField(3, "current_branch") }
        static var currentHead: JSONField { JSONField(4, "current_head") }
        static var baseCommit: JSONField { JSONField(5, "base_commit") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
        if members.isNext(Field.repositoryName, in: &scanner) { self.repositoryName = try scanner.string() }
        if members.isNext(Field.previousBranch, in: &scanner) { self.previousBranch = try scanner.string() }
        if members.isNext(Field.currentBranch, in: &scanner) { self.currentBranch = try scanner.string() }
        if members.isNext(Field.currentHead, in: &scanner) { self.currentHead = try scanner.string() }
        if members.isNext(Field.baseCommit, in: &scanner) { self.baseCommit = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.member(Field.previousBranch.name, self.previousBranch)
        writer.member(Field.currentBranch.name, self.currentBranch)
        writer.member(Field.currentHead.name, self.currentHead)
        writer.member(Field.baseCommit.name, self.baseCommit)
    }
}
