#if RED_CONTROLS
internal import RedControls
#endif

extension GitStatus: WorkspacePayload {
    /// The members of `git_status`, in agentctl's order.
    enum Field {
        static var timestamp: JSONField { JSONField(0, "timestamp") }
        static var repositoryName: JSONField { JSONField(1, "repository_name") }
        static var isSubmodule: JSONField { JSONField(2, "is_submodule") }
        static var modified: JSONField { JSONField(3, "modified") }
        static var added: JSONField { JSONField(4, "added") }
        static var deleted: JSONField { JSONField(5, "deleted") }
        static var untracked: JSONField { JSONField(6, "untracked") }
        static var renamed: JSONField { JSONField(7, "renamed") }
        static var ahead: JSONField { JSONField(8, "ahead") }
        static var behind: JSONField { JSONField(9, "behind") }
        static var branch: JSONField { JSONField(10, "branch") }
        static var remoteBranch: JSONField { JSONField(11, "remote_branch") }
        static var remoteAhead: JSONField { JSONField(12, "remote_ahead") }
        static var remoteBehind: JSONField { JSONField(13, "remote_behind") }
        static var remoteHeadCommit: JSONField { JSONField(14, "remote_head_commit") }
        static var headCommit: JSONField { JSONField(15, "head_commit") }
        static var baseCommit: JSONField { JSONField(16, "base_commit") }
        static var comparisonTarget: JSONField { JSONField(17, "comparison_target") }
        static var comparisonStatus: JSONField { JSONField(18, "comparison_status") }
        static var comparisonErrorCode: JSONField { JSONField(19, "comparison_error_code") }
        static var files: JSONField { JSONField(20, "files") }
        static var branchAdditions: JSONField { JSONField(21, "branch_additions") }
        static var branchDeletions: JSONField { JSONField(22, "branch_deletions") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        #if RED_CONTROLS
        if RedControl.isActive(.nullListIsEmpty), members.isNull(Field.modified, in: scanner) { self.modified = [] }
        #endif
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
        if members.isNext(Field.repositoryName, in: &scanner) { self.repositoryName = try scanner.string() }
        if members.isNext(Field.isSubmodule, in: &scanner) { self.isSubmodule = try scanner.bool() }
        if members.isNext(Field.modified, in: &scanner) { self.modified = try scanner.strings() }
        if members.isNext(Field.added, in: &scanner) { self.added = try scanner.strings() }
        if members.isNext(Field.deleted, in: &scanner) { self.deleted = try scanner.strings() }
        if members.isNext(Field.untracked, in: &scanner) { self.untracked = try scanner.strings() }
        if members.isNext(Field.renamed, in: &scanner) { self.renamed = try scanner.strings() }
        if members.isNext(Field.ahead, in: &scanner) { self.ahead = try scanner.int() }
        if members.isNext(Field.behind, in: &scanner) { self.behind = try scanner.int() }
        if members.isNext(Field.branch, in: &scanner) { self.branch = try scanner.string() }
        if members.isNext(Field.remoteBranch, in: &scanner) { self.remoteBranch = try scanner.string() }
        if members.isNext(Field.remoteAhead, in: &scanner) { self.remoteAhead = try scanner.int() }
        if members.isNext(Field.remoteBehind, in: &scanner) { self.remoteBehind = try scanner.int() }
        if members.isNext(Field.remoteHeadCommit, in: &scanner) { self.remoteHeadCommit = try scanner.string() }
        if members.isNext(Field.headCommit, in: &scanner) { self.headCommit = try scanner.string() }
        if members.isNext(Field.baseCommit, in: &scanner) { self.baseCommit = try scanner.string() }
        if members.isNext(Field.comparisonTarget, in: &scanner) { self.comparisonTarget = try scanner.string() }
        if members.isNext(Field.comparisonStatus, in: &scanner) {
            self.comparisonStatus = ComparisonStatus(rawValue: try scanner.string())
        }
        if members.isNext(Field.comparisonErrorCode, in: &scanner) { self.comparisonErrorCode = try scanner.string() }
        if members.isNext(Field.files, in: &scanner) {
            self.files = try scanner.dictionary(expectedCount: self.listedPathCount)
        }
        if members.isNext(Field.branchAdditions, in: &scanner) { self.branchAdditions = try scanner.int() }
        if members.isNext(Field.branchDeletions, in: &scanner) { self.branchDeletions = try scanner.int() }
    }

    /// How many paths are listed; agentctl writes the lists before the details.
    private var listedPathCount: Int {
        let (modified, added, deleted) = (self.modified?.count ?? 0, self.added?.count ?? 0, self.deleted?.count ?? 0)
        return modified + added + deleted + (self.untracked?.count ?? 0) + (self.renamed?.count ?? 0)
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
