extension GitStatus: WorkspacePayload {
    /// The members of `git_status`, in agentctl's order.
    enum Field: UInt8, JSONName {
        case timestamp
        case repositoryName
        case isSubmodule
        case modified
        case added
        case deleted
        case untracked
        case renamed
        case ahead
        case behind
        case branch
        case remoteBranch
        case remoteAhead
        case remoteBehind
        case remoteHeadCommit
        case headCommit
        case baseCommit
        case comparisonTarget
        case comparisonStatus
        case comparisonErrorCode
        case files
        case branchAdditions
        case branchDeletions

        var name: StaticString {
            switch self {
            case .timestamp: "timestamp"
            case .repositoryName: "repository_name"
            case .isSubmodule: "is_submodule"
            case .modified: "modified"
            case .added: "added"
            case .deleted: "deleted"
            case .untracked: "untracked"
            case .renamed: "renamed"
            case .ahead: "ahead"
            case .behind: "behind"
            case .branch: "branch"
            case .remoteBranch: "remote_branch"
            case .remoteAhead: "remote_ahead"
            case .remoteBehind: "remote_behind"
            case .remoteHeadCommit: "remote_head_commit"
            case .headCommit: "head_commit"
            case .baseCommit: "base_commit"
            case .comparisonTarget: "comparison_target"
            case .comparisonStatus: "comparison_status"
            case .comparisonErrorCode: "comparison_error_code"
            case .files: "files"
            case .branchAdditions: "branch_additions"
            case .branchDeletions: "branch_deletions"
            }
        }
    }

    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch field {
        case .timestamp: self.timestamp = RFC3339Timestamp(rawValue: try scanner.string())
        case .repositoryName: self.repositoryName = try scanner.string()
        case .isSubmodule: self.isSubmodule = try scanner.bool()
        case .modified: self.modified = try scanner.strings()
        case .added: self.added = try scanner.strings()
        case .deleted: self.deleted = try scanner.strings()
        case .untracked: self.untracked = try scanner.strings()
        case .renamed: self.renamed = try scanner.strings()
        case .ahead: self.ahead = try scanner.int()
        case .behind: self.behind = try scanner.int()
        case .branch: self.branch = try scanner.string()
        case .remoteBranch: self.remoteBranch = try scanner.string()
        case .remoteAhead: self.remoteAhead = try scanner.int()
        case .remoteBehind: self.remoteBehind = try scanner.int()
        case .remoteHeadCommit: self.remoteHeadCommit = try scanner.string()
        case .headCommit: self.headCommit = try scanner.string()
        case .baseCommit: self.baseCommit = try scanner.string()
        case .comparisonTarget: self.comparisonTarget = try scanner.string()
        case .comparisonStatus: self.comparisonStatus = ComparisonStatus(rawValue: try scanner.string())
        case .comparisonErrorCode: self.comparisonErrorCode = try scanner.string()
        case .files: self.files = try scanner.dictionary(of: FileInfo(), expectedCount: self.listedPathCount)
        case .branchAdditions: self.branchAdditions = try scanner.int()
        case .branchDeletions: self.branchDeletions = try scanner.int()
        }
    }

    /// How many paths are listed; agentctl writes the lists before the details.
    private var listedPathCount: Int {
        self.modified.count + self.added.count + self.deleted.count + self.untracked.count + self.renamed.count
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.memberIfNotZero(Field.isSubmodule.name, self.isSubmodule)
        writer.member(Field.modified.name, self.modified)
        writer.member(Field.added.name, self.added)
        writer.member(Field.deleted.name, self.deleted)
        writer.member(Field.untracked.name, self.untracked)
        writer.member(Field.renamed.name, self.renamed)
        writer.member(Field.ahead.name, self.ahead)
        writer.member(Field.behind.name, self.behind)
        writer.member(Field.branch.name, self.branch)
        writer.memberIfPresent(Field.remoteBranch.name, self.remoteBranch)
        writer.member(Field.remoteAhead.name, self.remoteAhead)
        writer.member(Field.remoteBehind.name, self.remoteBehind)
        writer.memberIfPresent(Field.remoteHeadCommit.name, self.remoteHeadCommit)
        writer.memberIfPresent(Field.headCommit.name, self.headCommit)
        writer.memberIfPresent(Field.baseCommit.name, self.baseCommit)
        writer.memberIfPresent(Field.comparisonTarget.name, self.comparisonTarget)
        writer.memberIfPresent(Field.comparisonStatus.name, self.comparisonStatus?.rawValue)
        writer.memberIfPresent(Field.comparisonErrorCode.name, self.comparisonErrorCode)
        writer.memberIfNotZero(Field.files.name, self.files)
        writer.memberIfNotZero(Field.branchAdditions.name, self.branchAdditions)
        writer.memberIfNotZero(Field.branchDeletions.name, self.branchDeletions)
    }
}
