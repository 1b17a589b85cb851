extension BranchSwitch: WorkspacePayload {
    /// The members of `branch_switch`, in agentctl's order.
    enum Field: UInt8, JSONName {
        case timestamp
        case repositoryName
        case previousBranch
        case currentBranch
        case currentHead
        case baseCommit

        var name: StaticString {
            switch self {
            case .timestamp: "timestamp"
            case .repositoryName: "repository_name"
            case .previousBranch: "previous_branch"
            case .currentBranch: "current_branch"
            case .currentHead: "current_head"
            case .baseCommit: "base_commit"
            }
        }
    }

    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch field {
        case .timestamp: self.timestamp = RFC3339Timestamp(rawValue: try scanner.string())
        case .repositoryName: self.repositoryName = try scanner.string()
        case .previousBranch: self.previousBranch = try scanner.string()
        case .currentBranch: self.currentBranch = try scanner.string()
        case .currentHead: self.currentHead = try scanner.string()
        case .baseCommit: self.baseCommit = try scanner.string()
        }
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
