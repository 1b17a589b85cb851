import WorkspaceProtocol

// The payloads again, as plain `Decodable` types with the names of the wire; a member that is absent or null is zero.

/// A payload that Foundation decodes.
protocol ReferencePayload: Decodable {
    associatedtype Value

    /// The library's value.
    var value: Value { get }
}

extension RFC3339Timestamp {
    /// A timestamp; empty if there is none.
    fileprivate init(_ text: String?) {
        self.init(rawValue: text ?? "")
    }
}

struct ReferenceGitReset: ReferencePayload {
    let timestamp: String?
    let repository_name: String?
    let previous_head: String?
    let current_head: String?

    var value: GitReset {
        GitReset(
            timestamp: RFC3339Timestamp(self.timestamp),
            repositoryName: self.repository_name,
            previousHead: self.previous_head ?? "",
            currentHead: self.current_head ?? ""
        )
    }
}

struct ReferenceBranchSwitch: ReferencePayload {
    let timestamp: String?
    let repository_name: String?
    let previous_branch: String?
    let current_branch: String?
    let current_head: String?
    let base_commit: String?

    var value: BranchSwitch {
        BranchSwitch(
            timestamp: RFC3339Timestamp(self.timestamp),
            repositoryName: self.repository_name,
            previousBranch: self.previous_branch ?? "",
            currentBranch: self.current_branch ?? "",
            currentHead: self.current_head ?? "",
            baseCommit: self.base_commit ?? ""
        )
    }
}

struct ReferenceFileChange: ReferencePayload {
    let timestamp: String?
    let repository_name: String?
    let path: String?
    let operation: String?

    var value: FileChange {
        FileChange(
            timestamp: RFC3339Timestamp(self.timestamp),
            repositoryName: self.repository_name,
            path: self.path ?? "",
            operation: FileChange.Operation(rawValue: self.operation ?? "")
        )
    }
}

struct ReferenceGitCommit: ReferencePayload {
    let timestamp: String?
    let repository_name: String?
    let commit_sha: String?
    let parent_sha: String?
    let message: String?
    let author_name: String?
    let author_email: String?
    let files_changed: Int?
    let insertions: Int?
    let deletions: Int?
    let committed_at: String?

    var value: GitCommit {
        GitCommit(
            timestamp: RFC3339Timestamp(self.timestamp),
            repositoryName: self.repository_name,
            commitSHA: self.commit_sha ?? "",
            parentSHA: self.parent_sha ?? "",
            message: self.message ?? "",
            authorName: self.author_name ?? "",
            authorEmail: self.author_email ?? "",
            filesChanged: self.files_changed ?? 0,
            insertions: self.insertions ?? 0,
            deletions: self.deletions ?? 0,
            committedAt: RFC3339Timestamp(self.committed_at)
        )
    }
}

struct ReferenceProcessOutput: ReferencePayload {
    let session_id: String?
    let process_id: String?
    let kind: String?
    let stream: String?
    let data: String?
    let timestamp: String?

    var value: ProcessOutput {
        ProcessOutput(
            sessionID: self.session_id ?? "",
            processID: self.process_id ?? "",
            kind: ProcessKind(rawValue: self.kind ?? ""),
            stream: ProcessOutput.Stream(rawValue: self.stream ?? ""),
            data: self.data ?? "",
            timestamp: RFC3339Timestamp(self.timestamp)
        )
    }
}

struct ReferenceProcessStatus: ReferencePayload {
    let session_id: String?
    let process_id: String?
    let kind: String?
    let script_name: String?
    let command: String?
    let working_dir: String?
    let status: String?
    let exit_code: Int?
    let timestamp: String?

    var value: ProcessStatus {
        ProcessStatus(
            sessionID: self.session_id ?? "",
            processID: self.process_id ?? "",
            kind: ProcessKind(rawValue: self.kind ?? ""),
            scriptName: self.script_name,
            command: self.command ?? "",
            workingDirectory: self.working_dir ?? "",
            status: ProcessStatus.State(rawValue: self.status ?? ""),
            exitCode: self.exit_code,
            timestamp: RFC3339Timestamp(self.timestamp)
        )
    }
}

struct ReferenceFileInfo: ReferencePayload {
    let path: String?
    let status: String?
    let staged: Bool?
    let additions: Int?
    let deletions: Int?
    let old_path: String?
    let diff: String?
    let diff_skip_reason: String?

    var value: GitStatus.FileInfo {
        GitStatus.FileInfo(
            path: self.path ?? "",
            status: GitStatus.FileStatus(rawValue: self.status ?? ""),
            staged: self.staged ?? false,
            additions: self.additions ?? 0,
            deletions: self.deletions ?? 0,
            oldPath: self.old_path,
            diff: self.diff,
            diffSkipReason: self.diff_skip_reason.map { GitStatus.DiffSkipReason(rawValue: $0) }
        )
    }
}

struct ReferenceGitStatus: ReferencePayload {
    let timestamp: String?
    let repository_name: String?
    let is_submodule: Bool?
    let modified: [String?]?
    let added: [String?]?
    let deleted: [String?]?
    let untracked: [String?]?
    let renamed: [String?]?
    let ahead: Int?
    let behind: Int?
    let branch: String?
    let remote_branch: String?
    let remote_ahead: Int?
    let remote_behind: Int?
    let remote_head_commit: String?
    let head_commit: String?
    let base_commit: String?
    let comparison_target: String?
    let comparison_status: String?
    let comparison_error_code: String?
    let files: [String: ReferenceFileInfo?]?
    let branch_additions: Int?
    let branch_deletions: Int?

    var value: GitStatus {
        GitStatus(
            timestamp: RFC3339Timestamp(self.timestamp),
            repositoryName: self.repository_name,
            isSubmodule: self.is_submodule ?? false,
            modified: self.modified?.map { $0 ?? "" },
            added: self.added?.map { $0 ?? "" },
            deleted: self.deleted?.map { $0 ?? "" },
            untracked: self.untracked?.map { $0 ?? "" },
            renamed: self.renamed?.map { $0 ?? "" },
            ahead: self.ahead ?? 0,
            behind: self.behind ?? 0,
            branch: self.branch ?? "",
            remoteBranch: self.remote_branch,
            remoteAhead: self.remote_ahead ?? 0,
            remoteBehind: self.remote_behind ?? 0,
            remoteHeadCommit: self.remote_head_commit,
            headCommit: self.head_commit,
            baseCommit: self.base_commit,
            comparisonTarget: self.comparison_target,
            comparisonStatus: self.comparison_status.map { GitStatus.ComparisonStatus(rawValue: $0) },
            comparisonErrorCode: self.comparison_error_code,
            files: (self.files ?? [:]).mapValues { $0?.value ?? GitStatus.FileInfo() },
            branchAdditions: self.branch_additions ?? 0,
            branchDeletions: self.branch_deletions ?? 0
        )
    }
}
