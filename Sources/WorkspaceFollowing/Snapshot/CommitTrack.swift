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

    /// Whether the delivered commits may have a complete way to the head.
    private var hasPath = false
    /// The last commits that were recovered, the oldest first; they may still come on the wire.
    private(set) var recovered: [String] = []

    /// The number of commits that may wait for the ones between them and the head.
    static let bound = 1024
    /// The number of recovered commits that are remembered: their events come within 2 s.
    static let rememberedCommits = 256

    init(head: String? = nil, taken: [String: String] = [:], recovered: [String] = []) {
        (self.head, self.taken, self.recovered) = (head, taken, recovered)
        self.hasPath = !taken.isEmpty
    }

    /// A real status was delivered.
    mutating func saw(head: String?) {
        self.latest = head
        #if RED_CONTROLS
        if RedControl.isActive(.headOfTheStatus) { self.head = head }
        #endif
        if self.head == nil {
            self.head = self.firstHead(head)
            self.hasPath = !self.taken.isEmpty
        }
        if self.hasPath { self.advance() }
    }

    /// The head from which to go on, at the first status.
    private func firstHead(_ head: String?) -> String? {
        // Commits before the first status are older than the first connection.
        guard let head, !self.taken.isEmpty, self.taken[head] == nil else { return head }
        // Its commits have not come yet, but earlier ones have: go on from the commit before them.
        let bases = Set(self.taken.values.filter { self.taken[$0] == nil })
        return bases.count == 1 ? bases.first : head
    }

    /// Whether a commit is the head, or was delivered after it.
    func has(_ sha: String) -> Bool { sha == self.head || self.taken[sha] != nil }

    /// Whether a commit was delivered, as far as is remembered.
    ///
    /// A reset that was held back can move the head behind commits that were recovered.
    func wasTaken(_ sha: String) -> Bool { self.has(sha) || self.recovered.contains(sha) }

    /// The commits that were delivered, and may come again.
    var mayComeAgain: [String] { self.recovered + self.taken.keys }

    /// A commit was delivered that did not come on the wire.
    mutating func recovered(_ commit: GitCommit) {
        self.recovered.append(commit.commitSHA)
        if self.recovered.count > Self.rememberedCommits { self.recovered.removeFirst() }
        self.delivered(commit)
    }

    /// A commit was delivered.
    mutating func delivered(_ commit: GitCommit) {
        guard commit.commitSHA != self.head else { return }
        if self.taken.isEmpty, let head = self.head, commit.parentSHA == head {
            // The most frequent case: nothing is between it and the head.
            self.head = commit.commitSHA
            return
        }
        self.taken[commit.commitSHA] = commit.parentSHA
        // Only a commit that leads back to the head can complete a way to it.
        if let head = self.head, commit.parentSHA == head || self.taken[commit.parentSHA] != nil,
            self.path(from: commit.commitSHA, to: head) != nil
        {
            self.hasPath = true
            self.advance()
        }
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
        self.hasPath = false
        guard let head = self.head, !self.taken.isEmpty else { return }
        let parents = Set(self.taken.values)
        // The newest delivered commits: no delivered one is their child. A merge repeats the commits of the other
        // branch, so there can be several.
        let tips = self.taken.keys.filter { !parents.contains($0) }
        let paths = tips.compactMap { self.path(from: $0, to: head) }
        // The head of the last status decides; without it, only a single tip is certain.
        let isKnown = self.latest.map { self.taken[$0] != nil } ?? false
        let path = isKnown ? paths.first { $0.first == self.latest } : tips.count == 1 ? paths.first : nil
        guard let path else {
            self.hasPath = !paths.isEmpty
            return
        }
        self.head = path.first
        // Commits of a merged branch are behind the new head, too. Others wait for those that come between.
        for sha in paths.joined() { self.taken[sha] = nil }
    }

    /// The delivered commits from a commit back to the head, along first parents; nil if one of them is missing.
    private func path(from tip: String, to head: String) -> [String]? {
        var path = [tip]
        while let parent = self.taken[path[path.count - 1]], path.count <= self.taken.count {
            if parent == head { return path }
            path.append(parent)
        }
        return nil
    }
}
