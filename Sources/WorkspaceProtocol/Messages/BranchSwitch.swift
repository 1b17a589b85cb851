#if RED_CONTROLS
internal import RedControls
#endif

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
    public var wasDetached: Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.noBranchIsABranch) { return self.previousBranch == Self.detachedName }
        #endif
        return self.previousBranch.isEmpty || self.previousBranch == Self.detachedName
    }

    /// Whether a commit is checked out now, and not a branch.
    public var isDetached: Bool { self.currentBranch.isEmpty || self.currentBranch == Self.detachedName }
}

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
