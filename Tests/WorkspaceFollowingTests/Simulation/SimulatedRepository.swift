import WorkspaceProtocol

/// A repository on the disk of a simulated agentctl; it outlives the server.
final class SimulatedRepository: @unchecked Sendable {
    /// Empty in a workspace with one repository.
    let name: String
    private(set) var head: String
    private(set) var branch = "main"
    private var parents: [String: String] = [:]
    /// The number in the last status.
    private(set) var statusNumber = 0
    /// Whether the server has seen commits that it has not told of yet.
    var isTelling = false

    init(name: String, head: String) { (self.name, self.head) = (name, head) }

    var nameIfAny: String? { self.name.isEmpty ? nil : self.name }

    /// Makes a commit on the head.
    func commit(_ sha: String) -> GitCommit {
        let commit = GitCommit(repositoryName: self.nameIfAny, commitSHA: sha, parentSHA: self.head, message: sha)
        self.parents[sha] = self.head
        self.head = sha
        return commit
    }

    /// Replaces the last commit; agentctl tells only a reset.
    func amend(_ sha: String) -> GitReset {
        let reset = GitReset(repositoryName: self.nameIfAny, previousHead: self.head, currentHead: sha)
        self.parents[sha] = self.parents[self.head]
        self.head = sha
        return reset
    }

    /// Checks out a new branch, at the parent of the head if there is one.
    func checkOut(_ name: String) -> BranchSwitch {
        let head = self.parents[self.head] ?? self.head
        let change = BranchSwitch(
            repositoryName: self.nameIfAny,
            previousBranch: self.branch,
            currentBranch: name,
            currentHead: head
        )
        (self.branch, self.head) = (name, head)
        return change
    }

    /// The status now; a placeholder says nothing.
    func status(number: Int? = nil) -> GitStatus {
        if let number { self.statusNumber = number }
        return GitStatus(
            repositoryName: self.nameIfAny,
            modified: [],
            added: [],
            deleted: [],
            untracked: [],
            renamed: [],
            ahead: self.statusNumber,
            branch: self.branch,
            headCommit: self.head
        )
    }

    var placeholder: GitStatus { GitStatus(repositoryName: self.nameIfAny) }

    /// The commits that are reachable from the head and not from another commit, newest first.
    func log(since: String, limit: Int) -> GitLogAnswer {
        var answer = GitLogAnswer()
        guard since == self.head || self.parents[since] != nil || self.parents.values.contains(since) else {
            return answer
        }
        answer.isSuccess = true
        let known = Set(self.line(from: since))
        for sha in self.line(from: self.head) where !known.contains(sha) && answer.commits.count < limit {
            guard let parent = self.parents[sha] else { break }
            var entry = GitLogEntry()
            (entry.commitSHA, entry.parentSHA, entry.message) = (sha, parent, sha)
            answer.commits.append(entry)
        }
        return answer
    }

    /// Whether a commit is a part of the branch.
    func has(_ sha: String) -> Bool { self.line(from: self.head).contains(sha) }

    private func line(from sha: String) -> [String] {
        var line = [sha]
        while let parent = self.parents[line[line.count - 1]] { line.append(parent) }
        return line
    }
}
