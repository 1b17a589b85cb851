public import WorkspaceProtocol

/// A repository of the mock workspace, as in its `git_status`.
public struct MockRepository: Sendable, Hashable {
    /// The name; nil in a workspace with one repository, because agentctl sends no name there.
    public var name: String?
    /// The branch that is checked out.
    ///
    /// Default: `main`.
    public var branch = "main"
    /// The entries of `git_status` for single files, by path.
    ///
    /// Default: none.
    public var files: [String: GitStatus.FileInfo] = [:]

    /// Creates a repository without changes.
    ///
    /// - Parameters:
    ///   - name: See ``name``.
    ///   - branch: See ``branch``.
    ///   - files: See ``files``.
    public init(name: String?, branch: String = "main", files: [String: GitStatus.FileInfo] = [:]) {
        (self.name, self.branch, self.files) = (name, branch, files)
    }

    /// The first status that a client gets.
    ///
    /// - Parameter timestamp: The time of the status.
    /// - Returns: The payload of a `git_status` message. The path lists are made from ``files``.
    public func status(timestamp: RFC3339Timestamp) -> GitStatus {
        GitStatus(
            timestamp: timestamp,
            repositoryName: self.name,
            modified: self.paths(.modified),
            added: self.paths(.added),
            deleted: self.paths(.deleted),
            untracked: self.paths(.untracked),
            renamed: self.paths(.renamed),
            branch: self.branch,
            remoteBranch: "origin/\(self.branch)",
            comparisonTarget: "origin/main",
            comparisonStatus: .ready,
            files: self.files
        )
    }

    private func paths(_ status: GitStatus.FileStatus) -> [String] {
        self.files.filter { $0.value.status == status }.keys.sorted()
    }
}
