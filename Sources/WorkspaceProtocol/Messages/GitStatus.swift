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
