public import WorkspaceProtocol

// The repositories of the workspace.
extension RuntimeControl {
    /// Asks for the status of the only repository: `GET /api/v1/git/status`.
    ///
    /// Idempotent.
    ///
    /// In a workspace with several repositories the status is empty, with success; use ``gitStatusMulti(timeout:)``
    /// there.
    ///
    /// - Parameter timeout: The time limit; nil means 5 min.
    /// - Returns: The answer; look at `GitStatusAnswer.isSuccess`.
    /// - Throws: See ``RuntimeControl``.
    public func gitStatus(timeout: Duration? = nil) async throws -> GitStatusAnswer {
        try await self.caller.value(Self.git(AgentctlAPI.gitStatusPath), timeout: timeout) {
            bytes throws(WorkspaceProtocolError) in try GitStatusAnswer(reading: bytes)
        }
    }

    /// Asks for the status of every repository: `GET /api/v1/git/status/multi`.
    ///
    /// Idempotent.
    ///
    /// - Parameter timeout: The time limit; nil means 5 min.
    /// - Returns: The answer; look at `GitStatusListAnswer.isSuccess`, and at that of each repository.
    /// - Throws: See ``RuntimeControl``.
    public func gitStatusMulti(timeout: Duration? = nil) async throws -> GitStatusListAnswer {
        try await self.caller.value(Self.git(AgentctlAPI.gitStatusListPath), timeout: timeout) {
            bytes throws(WorkspaceProtocolError) in try GitStatusListAnswer(reading: bytes)
        }
    }

    /// Asks for commits, newest first: `GET /api/v1/git/log`.
    ///
    /// Idempotent.
    ///
    /// - Parameters:
    ///   - since: The commit before the oldest one that is wanted; nil means the last ones.
    ///   - repository: The repository, in a workspace with several; without it, the list is empty there, with success.
    ///   - limit: The largest number of commits; nil leaves it to the runtime.
    ///   - timeout: The time limit; nil means 5 min.
    /// - Returns: The answer; look at `GitLogAnswer.isSuccess`.
    /// - Throws: See ``RuntimeControl``.
    public func gitLog(
        since: String? = nil,
        repository: String? = nil,
        limit: Int? = nil,
        timeout: Duration? = nil
    ) async throws -> GitLogAnswer {
        let query = AgentctlAPI.query(["since": since, "limit": limit.map { "\($0)" }, "repo": repository])
        return try await self.caller.value(Self.git(AgentctlAPI.gitLogPath, query: query), timeout: timeout)
    }

    /// Asks for one commit with the differences of its files: `GET /api/v1/git/commit/:sha`.
    ///
    /// Idempotent.
    ///
    /// - Parameters:
    ///   - sha: The hash of the commit.
    ///   - repository: The repository, in a workspace with several.
    ///   - timeout: The time limit; nil means 5 min.
    /// - Returns: The answer; look at `GitCommitDetail.isSuccess`.
    /// - Throws: See ``RuntimeControl``.
    public func gitCommit(
        sha: String,
        repository: String? = nil,
        timeout: Duration? = nil
    ) async throws -> GitCommitDetail {
        try ControlRequest.check(id: sha, "The hash of a commit")
        let query = AgentctlAPI.query(["repo": repository])
        return try await self.caller.value(Self.git(AgentctlAPI.gitCommitPath(sha), query: query), timeout: timeout) {
            bytes throws(WorkspaceProtocolError) in try GitCommitDetail(reading: bytes)
        }
    }

    private static func git(_ path: String, query: String? = nil) -> ControlRequest {
        .get(path, query: query, timeout: ControlRequest.longTimeout)
    }
}
