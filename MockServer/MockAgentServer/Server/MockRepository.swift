public import WorkspaceProtocol

/// A repository of the mock workspace, as its `git_status` reports it.
public struct MockRepository: Sendable, Hashable {
    /// The name; nil in a workspace of one repository, where agentctl sends none.
    public var name: String?
    /// The branch that is checked out.
    ///
    /// Default: `main`.
    public var branch = "main"
    /// What `git_status` says of single files, by path.
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

    /// The status that a client gets when it attaches.
    ///
    /// - Parameter timestamp: When it was taken.
    /// - Returns: The payload of a `git_status` message; the path lists follow from ``files``.
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
