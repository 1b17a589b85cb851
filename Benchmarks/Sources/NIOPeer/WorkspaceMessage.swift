/// A workspace event as a program usually writes it for `JSONDecoder`; times stay strings.
struct WorkspaceMessage: Decodable {
    let type: String
    let timestamp: Int64
    let data: String?
    let gitStatus: GitStatus?
    let gitCommit: GitCommit?
    let gitReset: GitReset?
    let branchSwitch: BranchSwitch?
    let fileChange: FileChange?
    let processOutput: ProcessOutput?
    let processStatus: ProcessStatus?

    enum CodingKeys: String, CodingKey {
        case type, timestamp, data
        case gitStatus = "git_status"
        case gitCommit = "git_commit"
        case gitReset = "git_reset"
        case branchSwitch = "branch_switch"
        case fileChange = "file_change"
        case processOutput = "process_output"
        case processStatus = "process_status"
    }

    struct GitStatus: Decodable {
        let timestamp: String
        let repositoryName: String?
        let modified: [String]?
        let added: [String]?
        let deleted: [String]?
        let untracked: [String]?
        let renamed: [String]?
        let ahead: Int
        let behind: Int
        let branch: String
        let remoteBranch: String?
        let remoteAhead: Int
        let remoteBehind: Int
        let remoteHeadCommit: String?
        let headCommit: String?
        let baseCommit: String?
        let comparisonTarget: String?
        let comparisonStatus: String?
        let files: [String: FileInfo]?
        let branchAdditions: Int?
        let branchDeletions: Int?

        enum CodingKeys: String, CodingKey {
            case timestamp, modified, added, deleted, untracked, renamed, ahead, behind, branch, files
            case repositoryName = "repository_name"
            case remoteBranch = "remote_branch"
            case remoteAhead = "remote_ahead"
            case remoteBehind = "remote_behind"
            case remoteHeadCommit = "remote_head_commit"
            case headCommit = "head_commit"
            case baseCommit = "base_commit"
            case comparisonTarget = "comparison_target"
            case comparisonStatus = "comparison_status"
            case branchAdditions = "branch_additions"
            case branchDeletions = "branch_deletions"
        }
    }

    struct FileInfo: Decodable {
        let path: String
        let status: String
        let staged: Bool
        let additions: Int?
        let deletions: Int?
        let oldPath: String?
        let diff: String?
        let diffSkipReason: String?

        enum CodingKeys: String, CodingKey {
            case path, status, staged, additions, deletions, diff
            case oldPath = "old_path"
            case diffSkipReason = "diff_skip_reason"
        }
    }

    struct GitCommit: Decodable {
        let timestamp: String
        let repositoryName: String?
        let commitSHA: String
        let parentSHA: String
        let message: String
        let authorName: String
        let authorEmail: String
        let filesChanged: Int
        let insertions: Int
        let deletions: Int
        let committedAt: String

        enum CodingKeys: String, CodingKey {
            case timestamp, message, insertions, deletions
            case repositoryName = "repository_name"
            case commitSHA = "commit_sha"
            case parentSHA = "parent_sha"
            case authorName = "author_name"
            case authorEmail = "author_email"
            case filesChanged = "files_changed"
            case committedAt = "committed_at"
        }
    }

    struct GitReset: Decodable {
        let timestamp: String
        let repositoryName: String?
        let previousHead: String
        let currentHead: String

        enum CodingKeys: String, CodingKey {
            case timestamp
            case repositoryName = "repository_name"
            case previousHead = "previous_head"
            case currentHead = "current_head"
        }
    }

    struct BranchSwitch: Decodable {
        let timestamp: String
        let repositoryName: String?
        let previousBranch: String
        let currentBranch: String
        let currentHead: String
        let baseCommit: String

        enum CodingKeys: String, CodingKey {
            case timestamp
            case repositoryName = "repository_name"
            case previousBranch = "previous_branch"
            case currentBranch = "current_branch"
            case currentHead = "current_head"
            case baseCommit = "base_commit"
        }
    }

    struct FileChange: Decodable {
        let timestamp: String
        let repositoryName: String?
        let path: String
        let operation: String

        enum CodingKeys: String, CodingKey {
            case timestamp, path, operation
            case repositoryName = "repository_name"
        }
    }

    struct ProcessOutput: Decodable {
        let sessionID: String
        let processID: String
        let kind: String
        let stream: String
        let data: String
        let timestamp: String

        enum CodingKeys: String, CodingKey {
            case kind, stream, data, timestamp
            case sessionID = "session_id"
            case processID = "process_id"
        }
    }

    struct ProcessStatus: Decodable {
        let sessionID: String
        let processID: String
        let kind: String
        let scriptName: String?
        let command: String
        let workingDirectory: String
        let status: String
        let exitCode: Int?
        let timestamp: String

        enum CodingKeys: String, CodingKey {
            case kind, command, status, timestamp
            case sessionID = "session_id"
            case processID = "process_id"
            case scriptName = "script_name"
            case workingDirectory = "working_dir"
            case exitCode = "exit_code"
        }
    }
}
