#if RED_CONTROLS
internal import RedControls
#endif

/// The state of one repository's working tree and branch.
///
/// agentctl sends one for each repository after a client connects, and after each change that it detects.
/// Source: `/api/v1/workspace/stream`, message `git_status`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
///
/// Right after it creates a workspace, agentctl may send a placeholder: it has not looked at the working tree yet. The
/// five lists of a placeholder are `null` on the wire and `nil` here. An empty list means that agentctl looked and
/// found nothing.
public struct GitStatus: Sendable, Hashable {
    /// When the status was taken, by the clock of agentctl's machine.
    public var timestamp = RFC3339Timestamp()

    /// The repository, in a workspace with several; `nil` in a workspace with one.
    public var repositoryName: String?

    /// Whether the repository is a submodule of another one.
    public var isSubmodule = false

    /// Paths whose content changed, relative to the repository.
    ///
    /// `nil` if agentctl has not looked yet, which is not the same as an empty list. The other lists have the same
    /// rule.
    public var modified: [String]?

    /// Paths that are new in the index.
    public var added: [String]?

    /// Paths that no longer exist.
    public var deleted: [String]?

    /// Paths that are new and not in the index.
    public var untracked: [String]?

    /// Paths that were moved, by their new names.
    public var renamed: [String]?

    /// The number of commits that the branch has and its comparison target does not have.
    public var ahead = 0

    /// The number of commits that the comparison target has and the branch does not have.
    public var behind = 0

    /// The current branch; `HEAD` if no branch is checked out (see ``isDetached``), empty in a placeholder.
    public var branch = ""

    /// The upstream of the branch, such as `origin/main`; `nil` if it has none.
    public var remoteBranch: String?

    /// The number of commits that the branch has and its upstream does not have.
    public var remoteAhead = 0

    /// The number of commits that the upstream has and the branch does not have.
    public var remoteBehind = 0

    /// The commit of the upstream; `nil` if unknown.
    public var remoteHeadCommit: String?

    /// The commit of the branch; `nil` before the first one.
    public var headCommit: String?

    /// The commit the branch started from; `nil` if unknown.
    public var baseCommit: String?

    /// The comparison target of the branch, such as `origin/main`; `nil` if there is none.
    public var comparisonTarget: String?

    /// Whether the comparison was possible; `nil` if the server does not say.
    public var comparisonStatus: ComparisonStatus?

    /// Why the comparison was not possible; `nil` if it was.
    public var comparisonErrorCode: String?

    /// Details of the changed files, by path; absent on the wire when empty.
    public var files: [String: FileInfo] = [:]

    /// Lines the branch adds over its base commit; absent on the wire when 0.
    public var branchAdditions = 0

    /// Lines the branch removes from its base commit; absent on the wire when 0.
    public var branchDeletions = 0

    /// Creates a value; the defaults stand for members that agentctl omits.
    ///
    /// - Parameters:
    ///   - timestamp: See ``timestamp``.
    ///   - repositoryName: See ``repositoryName``.
    ///   - isSubmodule: See ``isSubmodule``.
    ///   - modified: See ``modified``.
    ///   - added: See ``added``.
    ///   - deleted: See ``deleted``.
    ///   - untracked: See ``untracked``.
    ///   - renamed: See ``renamed``.
    ///   - ahead: See ``ahead``.
    ///   - behind: See ``behind``.
    ///   - branch: See ``branch``.
    ///   - remoteBranch: See ``remoteBranch``.
    ///   - remoteAhead: See ``remoteAhead``.
    ///   - remoteBehind: See ``remoteBehind``.
    ///   - remoteHeadCommit: See ``remoteHeadCommit``.
    ///   - headCommit: See ``headCommit``.
    ///   - baseCommit: See ``baseCommit``.
    ///   - comparisonTarget: See ``comparisonTarget``.
    ///   - comparisonStatus: See ``comparisonStatus``.
    ///   - comparisonErrorCode: See ``comparisonErrorCode``.
    ///   - files: See ``files``.
    ///   - branchAdditions: See ``branchAdditions``.
    ///   - branchDeletions: See ``branchDeletions``.
    public init(
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: ""),
        repositoryName: String? = nil,
        isSubmodule: Bool = false,
        modified: [String]? = nil,
        added: [String]? = nil,
        deleted: [String]? = nil,
        untracked: [String]? = nil,
        renamed: [String]? = nil,
        ahead: Int = 0,
        behind: Int = 0,
        branch: String = "",
        remoteBranch: String? = nil,
        remoteAhead: Int = 0,
        remoteBehind: Int = 0,
        remoteHeadCommit: String? = nil,
        headCommit: String? = nil,
        baseCommit: String? = nil,
        comparisonTarget: String? = nil,
        comparisonStatus: ComparisonStatus? = nil,
        comparisonErrorCode: String? = nil,
        files: [String: FileInfo] = [:],
        branchAdditions: Int = 0,
        branchDeletions: Int = 0
    ) {
        self.timestamp = timestamp
        self.repositoryName = repositoryName
        self.isSubmodule = isSubmodule
        self.modified = modified
        self.added = added
        self.deleted = deleted
        self.untracked = untracked
        self.renamed = renamed
        self.ahead = ahead
        self.behind = behind
        self.branch = branch
        self.remoteBranch = remoteBranch
        self.remoteAhead = remoteAhead
        self.remoteBehind = remoteBehind
        self.remoteHeadCommit = remoteHeadCommit
        self.headCommit = headCommit
        self.baseCommit = baseCommit
        self.comparisonTarget = comparisonTarget
        self.comparisonStatus = comparisonStatus
        self.comparisonErrorCode = comparisonErrorCode
        self.files = files
        self.branchAdditions = branchAdditions
        self.branchDeletions = branchDeletions
    }

    /// Whether agentctl has not looked at the working tree yet, so that all lists are missing.
    public var isPlaceholder: Bool {
        self.modified == nil && self.added == nil && self.deleted == nil && self.untracked == nil && self.renamed == nil
    }

    /// Whether a commit is checked out, and not a branch.
    public var isDetached: Bool { self.branch == BranchSwitch.detachedName }
}

extension GitStatus {
    /// Whether the branch could be compared with its target; `comparison_status` of `git_status`.
    ///
    /// An open set: an unknown value is kept as it is.
    public struct ComparisonStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The value on the wire.
        public var rawValue: String

        /// Creates a value, known or not.
        ///
        /// - Parameter rawValue: The value on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The value on the wire.
        public var description: String { self.rawValue }

        /// The comparison is up to date.
        public static let ready = Self(rawValue: "ready")

        /// There is no comparison; ``GitStatus/comparisonErrorCode`` may say why.
        public static let unavailable = Self(rawValue: "unavailable")
    }
}

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

    /// The number of listed paths; agentctl writes the lists before the details.
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
