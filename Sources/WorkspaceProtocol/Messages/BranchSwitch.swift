#if RED_CONTROLS
internal import RedControls
#endif

/// A checkout of another branch.
///
/// Source: `/api/v1/workspace/stream`, message `branch_switch`.
/// A member that is absent or `null` on the wire has the default of the initializer here.
public struct BranchSwitch: Sendable, Hashable {
    /// When agentctl noticed the checkout.
    public var timestamp = RFC3339Timestamp()

    /// The repository in a workspace of several; `nil` in a workspace of one.
    public var repositoryName: String?

    /// The branch before; empty when a commit was checked out and no branch, see ``wasDetached``.
    public var previousBranch = ""

    /// The branch now.
    public var currentBranch = ""

    /// The commit of the branch now.
    public var currentHead = ""

    /// The commit the branch started from; may be empty.
    public var baseCommit = ""

    /// Creates a value; what is left out is what agentctl leaves out.
    ///
    /// - Parameters:
    ///   - timestamp: See ``timestamp``.
    ///   - repositoryName: See ``repositoryName``.
    ///   - previousBranch: See ``previousBranch``.
    ///   - currentBranch: See ``currentBranch``.
    ///   - currentHead: See ``currentHead``.
    ///   - baseCommit: See ``baseCommit``.
    public init(
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: ""),
        repositoryName: String? = nil,
        previousBranch: String = "",
        currentBranch: String = "",
        currentHead: String = "",
        baseCommit: String = ""
    ) {
        self.timestamp = timestamp
        self.repositoryName = repositoryName
        self.previousBranch = previousBranch
        self.currentBranch = currentBranch
        self.currentHead = currentHead
        self.baseCommit = baseCommit
    }

    /// What git calls the branch when a commit is checked out and none.
    static let detachedName = "HEAD"

    /// Whether a commit was checked out before, and no branch: agentctl leaves its name empty then.
    public var wasDetached: Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.noBranchIsABranch) { return self.previousBranch == Self.detachedName }
        #endif
        return self.previousBranch.isEmpty || self.previousBranch == Self.detachedName
    }

    /// Whether a commit is checked out now, and no branch.
    public var isDetached: Bool { self.currentBranch.isEmpty || self.currentBranch == Self.detachedName }
}
