import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Up to which commit a repository was delivered, as a pure value.
///
/// A status with a new head comes up to 2 s before its commits, and several commits come newest first. So the head of a
/// status is no proof, and neither is one commit: the head moves on when every commit between it and the old head has
/// been delivered, along first parents. A commit costs constant time.
struct CommitTrack: Sendable, Hashable {
    /// The last head whose commits were all delivered; nil before the first status.
    private(set) var head: String?
    /// The head of the last status.
    private var latest: String?
    /// The commits after the head that were delivered, and the parents of these.
    private var nodes: [String: Node] = [:]
    /// The number of taken commits.
    private var count = 0
    /// The number of taken commits whose parent is neither taken nor the head: the commits between are on their way.
    private var loose = 0
    /// The number of taken commits without a taken child.
    private var tips = 0

    fileprivate struct Node: Sendable, Hashable {
        /// The first parent; nil if the commit was not taken.
        var parent: String?
        /// How many taken commits have it as their parent.
        var children = 0
    }

    /// The commits after the head that were delivered, with their first parents.
    var taken: [String: String] { self.nodes.compactMapValues(\.parent) }

    /// Whether a commit after the head was delivered.
    func hasTaken(_ sha: String) -> Bool { self.nodes[sha]?.parent != nil }

    /// The number of commits that may wait for the ones between them and the head.
    static let bound = 1024

    init(head: String? = nil, taken: [String: String] = [:]) {
        self.head = head
        for (sha, parent) in taken { self.take(sha, after: parent) }
    }

    /// A real status was delivered.
    mutating func saw(head: String?) {
        self.latest = head
        #if RED_CONTROLS
        if RedControl.isActive(.headOfTheStatus) { self.head = head }
        #endif
        // Commits before the first status are older than the first connection.
        if self.head == nil { self.moved(to: head) }
        self.advance()
    }

    /// A commit was delivered.
    mutating func delivered(_ commit: GitCommit) {
        guard commit.commitSHA != self.head else { return }
        self.take(commit.commitSHA, after: commit.parentSHA)
        self.advance()
        // Such a history has no way back to the head, for example after a rebase that nobody told of.
        if self.count > Self.bound { self.moved(to: self.latest) }
    }

    /// The head moved without commits, or another branch was checked out, or a gap has told what is missing.
    mutating func moved(to head: String?) {
        self = Self(head: head)
        self.latest = head
    }

    private mutating func take(_ sha: String, after parent: String) {
        var waiting = 0
        var isNew = true
        self.nodes[sha, default: Node()].take(after: parent, &waiting, &isNew)
        guard isNew else { return }
        self.count += 1
        // Its children are not loose any more.
        self.loose -= waiting
        if waiting == 0 { self.tips += 1 }
        self.nodes[parent, default: Node()].children += 1
        guard let node = self.nodes[parent] else { return }
        if node.parent == nil {
            if parent != self.head { self.loose += 1 }
        } else if node.children == 1 {
            self.tips -= 1
        }
    }

    private mutating func advance() {
        // A merge repeats the commits of the other branch, so there can be several tips; the status says which is the
        // head.
        guard self.loose == 0, self.tips > 0, self.head != nil else { return }
        let tip = self.tips == 1 ? self.nodes.first { $0.value.isTip }?.key : self.latest
        guard let tip, self.nodes[tip]?.isTip == true else { return }
        let latest = self.latest
        self = Self(head: tip)
        self.latest = latest
    }
}

extension CommitTrack.Node {
    fileprivate var isTip: Bool { self.parent != nil && self.children == 0 }

    fileprivate mutating func take(after parent: String, _ waiting: inout Int, _ isNew: inout Bool) {
        isNew = self.parent == nil
        waiting = self.children
        self.parent = parent
    }
}
