/// A checkout of another branch.
///
/// Source: `/api/v1/workspace/stream`, message `branch_switch`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
public struct BranchSwitch: Sendable, Hashable {
    /// When agentctl noticed the checkout.
    public var timestamp = RFC3339Timestamp()

    /// The repository, in a workspace with several; `nil` in a workspace with one.
    public var repositoryName: String?

    /// The branch before; empty if a commit was checked out and not a branch, see ``wasDetached``.
    public var previousBranch = ""

    /// The branch now.
    public var currentBranch = ""

    /// The commit of the branch now.
    public var currentHead = ""

    /// The commit the branch started from; may be empty.
    public var baseCommit = ""

    /// Creates a value; the defaults stand for members that agentctl omits.
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

    /// git's name for the branch when a commit is checked out and not a branch.
    static let detachedName = "HEAD"

    /// Whether a commit was checked out before, and not a branch; then agentctl sends an empty name.
    public var wasDetached: Bool { self.previousBranch.isEmpty || self.previousBranch == Self.detachedName }

    /// Whether a commit is checked out now, and not a branch.
    public var isDetached: Bool { self.currentBranch.isEmpty || self.currentBranch == Self.detachedName }
}
