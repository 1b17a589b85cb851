import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Up to which commit a repository was delivered, as a pure value.
///
/// A status with a new head comes up to 2 s before its commits, and several commits come newest first. So the head of a
/// status is no proof, and neither is one commit: the head moves on when every commit between it and the old head has
/// been delivered, along first parents.
struct CommitTrack: Sendable, Hashable {
    /// The last head whose commits were all delivered; nil before the first status.
    private(set) var head: String?
    /// The commits after it that were delivered, with their parents.
    private(set) var taken: [String: String] = [:]
    /// The head of the last status.
    private(set) var latest: String?

    /// The number of commits that may wait for the ones between them and the head.
    static let bound = 1024

    init(head: String? = nil, taken: [String: String] = [:]) { (self.head, self.taken) = (head, taken) }

    /// A real status was delivered.
    mutating func saw(head: String?) {
        self.latest = head
        #if RED_CONTROLS
        if RedControl.isActive(.headOfTheStatus) { self.head = head }
        #endif
        // Commits before the first status are older than the first connection.
        if self.head == nil { self.head = head }
        self.advance()
    }

    /// A commit was delivered.
    mutating func delivered(_ commit: GitCommit) {
        guard commit.commitSHA != self.head else { return }
        self.taken[commit.commitSHA] = commit.parentSHA
        self.advance()
        guard self.taken.count > Self.bound else { return }
        // Such a history has no way back to the head, for example after a rebase that nobody told of.
        self.moved(to: self.latest)
    }

    /// The head moved without commits, or another branch was checked out, or a gap has told what is missing.
    mutating func moved(to head: String?) {
        (self.head, self.taken) = (head, [:])
        self.latest = head
    }

    private mutating func advance() {
        guard let head = self.head, !self.taken.isEmpty else { return }
        let parents = Set(self.taken.values)
        // The newest delivered commits: no delivered one is their child. A merge repeats the commits of the other
        // branch, so there can be several; until all of them lead to the head, more commits are on their way.
        let tips = self.taken.keys.filter { !parents.contains($0) }
        guard tips.allSatisfy({ self.leads(from: $0, to: head) }) else { return }
        guard let tip = tips.count == 1 ? tips.first : tips.first(where: { $0 == self.latest }) else { return }
        self.head = tip
        self.taken = [:]
    }

    private func leads(from tip: String, to head: String) -> Bool {
        var (sha, steps) = (tip, 0)
        while let parent = self.taken[sha], steps <= self.taken.count {
            if parent == head { return true }
            (sha, steps) = (parent, steps + 1)
        }
        return false
    }
}
