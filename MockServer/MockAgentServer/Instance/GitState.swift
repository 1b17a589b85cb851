import ConcurrencyPrimitives
import WorkspaceProtocol

/// What is known of the repositories: the configured ones, and what the scenario has sent about them.
final class GitState: Sendable {
    private struct State {
        /// The latest status of each repository; the name is empty in a workspace with one repository.
        var statuses: [String: GitStatus] = [:]
        /// The commits of each repository, newest first.
        var commits: [String: [GitCommit]] = [:]
    }

    let repositories: [MockRepository]
    private let state = Locked(State())

    init(_ repositories: [MockRepository]) { self.repositories = repositories }

    private var hasSeveral: Bool { self.repositories.count > 1 || self.repositories.first?.name != nil }

    // MARK: Events

    func observe(_ status: GitStatus) { self.state.withLock { $0.statuses[status.repositoryName ?? ""] = status } }

    func observe(_ commit: GitCommit) {
        self.state.withLock { state in
            var commits = state.commits[commit.repositoryName ?? "", default: []]
            // A client that attaches later gets the same scenario once more.
            commits.removeAll { $0.commitSHA == commit.commitSHA }
            // Several commits are sent newest first, so the parent of a commit can come after it.
            let child = commits.firstIndex { $0.parentSHA == commit.commitSHA }
            commits.insert(commit, at: child.map { $0 + 1 } ?? 0)
            state.commits[commit.repositoryName ?? ""] = Array(commits.prefix(1000))
        }
    }

    // MARK: Answers

    /// `GET /git/status`: with several repositories it is empty unless one is named, as in agentctl.
    func status(repository: String?) -> HTTPAnswer {
        let name = repository ?? ""
        let known = self.repositories.first { ($0.name ?? "") == name }
        guard let known, !self.hasSeveral || !name.isEmpty else { return .json(200, Self.json(GitStatus())) }
        return .json(200, Self.json(self.current(known)))
    }

    /// `GET /git/status/multi`.
    var statuses: HTTPAnswer {
        let repositories = self.repositories.map { repository -> MockJSON in
            [
                "repository_name": .string(repository.name ?? ""),
                "status": Self.json(self.current(repository)),
            ]
        }
        return .json(200, ["success": true, "repos": .array(repositories)])
    }

    /// The status that was sent last, or the configured one.
    func current(_ repository: MockRepository) -> GitStatus {
        self.state.withLock { $0.statuses[repository.name ?? ""] } ?? repository.status(timestamp: WallClock.timestamp)
    }

    /// `GET /git/log`: the commits after `since`, newest first.
    func log(repository: String?, since: String?, limit: Int?) -> HTTPAnswer {
        let commits = self.state.withLock { $0.commits[repository ?? ""] } ?? []
        let later = commits.prefix { since == nil || since == "" || $0.commitSHA != since }
        let shown = limit.map { $0 > 0 ? later.prefix($0) : later } ?? later
        return .json(200, ["success": true, "commits": .array(shown.map(Self.json))])
    }

    /// `GET /git/commit/:sha`.
    func commit(_ sha: String, repository: String?) -> HTTPAnswer {
        let commits = self.state.withLock { $0.commits[repository ?? ""] } ?? []
        guard let commit = commits.first(where: { $0.commitSHA.hasPrefix(sha) }), !sha.isEmpty else {
            return .json(200, Self.detail(GitCommit(commitSHA: sha), error: "failed to show commit: bad object \(sha)"))
        }
        return .json(200, Self.detail(commit, error: nil))
    }

    // MARK: JSON

    private static func json(_ status: GitStatus) -> MockJSON {
        let files = status.files.sorted { $0.key < $1.key }
        var json: MockJSON = ["success": true]
        json = json.setting("repository_name", status.repositoryName.map { .string($0) })
        json = json.setting("branch", .string(status.branch))
        json = json.setting("remote_branch", .string(status.remoteBranch ?? ""))
        json = json.setting("head_commit", .string(status.headCommit ?? ""))
        json = json.setting("base_commit", .string(status.baseCommit ?? ""))
        for (name, value) in [
            ("ahead", status.ahead), ("behind", status.behind), ("remote_ahead", status.remoteAhead),
            ("remote_behind", status.remoteBehind),
        ] { json = json.setting(name, .integer(Int64(value))) }
        for (name, paths) in [
            ("modified", status.modified), ("added", status.added), ("deleted", status.deleted),
            ("untracked", status.untracked), ("renamed", status.renamed),
        ] { json = json.setting(name, .array((paths ?? []).map { .string($0) })) }
        json = json.setting("files", .object(files.map { MockJSON.Member($0.key, self.json($0.value)) }))
        let time = status.timestamp.rawValue.isEmpty ? WallClock.timestamp : status.timestamp
        json = json.setting("timestamp", .string(time.rawValue))
        for (name, value) in [
            ("branch_additions", status.branchAdditions), ("branch_deletions", status.branchDeletions),
        ] where value != 0 { json = json.setting(name, .integer(Int64(value))) }
        return json
    }

    private static func json(_ file: GitStatus.FileInfo) -> MockJSON {
        // The members of a file are those on the stream, so its encoder writes them.
        let event = WorkspaceEvent(.gitStatus(GitStatus(files: [file.path: file])), timestamp: 0)
        let json = try? MockJSON(parsing: WorkspaceEventEncoder().encode(event))
        return json?["git_status"]?["files"]?[file.path] ?? [:]
    }

    private static func json(_ commit: GitCommit) -> MockJSON {
        [
            "commit_sha": .string(commit.commitSHA), "parent_sha": .string(commit.parentSHA),
            "commit_message": .string(commit.message), "author_name": .string(commit.authorName),
            "author_email": .string(commit.authorEmail), "committed_at": .string(self.offset(commit.committedAt)),
            "files_changed": .integer(Int64(commit.filesChanged)), "insertions": .integer(Int64(commit.insertions)),
            "deletions": .integer(Int64(commit.deletions)), "pushed": false,
        ]
    }

    /// git writes the offset in full.
    private static func offset(_ time: RFC3339Timestamp) -> String {
        time.rawValue.hasSuffix("Z") ? "\(time.rawValue.dropLast())+00:00" : time.rawValue
    }

    private static func detail(_ commit: GitCommit, error: String?) -> MockJSON {
        let json: MockJSON = [
            "success": .bool(error == nil), "commit_sha": .string(commit.commitSHA),
            "message": .string(commit.message), "author": .string(commit.authorName),
            "date": .string(self.offset(commit.committedAt)), "files": [:],
            "files_changed": .integer(Int64(commit.filesChanged)), "insertions": .integer(Int64(commit.insertions)),
            "deletions": .integer(Int64(commit.deletions)),
        ]
        return json.setting("error", error.map { .string($0) })
    }
}
