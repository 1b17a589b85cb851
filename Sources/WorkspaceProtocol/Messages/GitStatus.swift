/// The state of one repository's working tree and branch.
///
/// It is sent once for each repository after a client connects, and after each change agentctl detects.
/// Source: `/api/v1/workspace/stream`, message `git_status`.
/// A member that is absent or `null` on the wire has the default of the initializer here.
///
/// Right after a workspace was made agentctl may send a placeholder, whose five lists are `null` and `nil` here: it has
/// not looked yet. An empty list says that it has, and that there is nothing.
public struct GitStatus: Sendable, Hashable {
    /// When the status was taken, by the clock of agentctl's machine.
    public var timestamp = RFC3339Timestamp()

    /// The repository in a workspace of several; `nil` in a workspace of one.
    public var repositoryName: String?

    /// Whether the repository is a submodule of another one.
    public var isSubmodule = false

    /// Paths whose content changed, relative to the repository.
    ///
    /// `nil` when agentctl has not looked yet, which is not the same as none; so for the other lists.
    public var modified: [String]?

    /// Paths that are new in the index.
    public var added: [String]?

    /// Paths that are gone.
    public var deleted: [String]?

    /// Paths that are new and not in the index.
    public var untracked: [String]?

    /// Paths that were moved, by their new names.
    public var renamed: [String]?

    /// Commits the branch has and its comparison target has not.
    public var ahead = 0

    /// Commits the comparison target has and the branch has not.
    public var behind = 0

    /// The current branch; `HEAD` when none is checked out (see ``isDetached``), empty in a placeholder.
    public var branch = ""

    /// The upstream of the branch, such as `origin/main`; `nil` if it has none.
    public var remoteBranch: String?

    /// Commits the branch has and its upstream has not.
    public var remoteAhead = 0

    /// Commits the upstream has and the branch has not.
    public var remoteBehind = 0

    /// The commit of the upstream; `nil` if unknown.
    public var remoteHeadCommit: String?

    /// The commit of the branch; `nil` before the first one.
    public var headCommit: String?

    /// The commit the branch started from; `nil` if unknown.
    public var baseCommit: String?

    /// What the branch is compared with, such as `origin/main`; `nil` if nothing.
    public var comparisonTarget: String?

    /// Whether the comparison could be made; `nil` if the server does not say.
    public var comparisonStatus: ComparisonStatus?

    /// Why the comparison could not be made; `nil` if it could.
    public var comparisonErrorCode: String?

    /// Details of the changed files, by path; absent on the wire when empty.
    public var files: [String: FileInfo] = [:]

    /// Lines the branch adds over its base commit; absent on the wire when 0.
    public var branchAdditions = 0

    /// Lines the branch removes from its base commit; absent on the wire when 0.
    public var branchDeletions = 0

    /// Creates a value; what is left out is what agentctl leaves out.
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

    /// Whether agentctl has not looked at the working tree yet: none of the lists is there.
    public var isPlaceholder: Bool {
        self.modified == nil && self.added == nil && self.deleted == nil && self.untracked == nil && self.renamed == nil
    }

    /// Whether a commit is checked out, and no branch.
    public var isDetached: Bool { self.branch == BranchSwitch.detachedName }
}
