/// The members of the envelope, in agentctl's order.
enum WorkspaceMember: UInt8, JSONName {
    case type
    case timestamp
    case data
    case code
    case columns
    case rows
    case gitStatus
    case gitCommit
    case gitReset
    case branchSwitch
    case fileChange
    case processOutput
    case processStatus
    case error

    var name: StaticString {
        switch self {
        case .type: "type"
        case .timestamp: "timestamp"
        case .data: "data"
        case .code: "code"
        case .columns: "cols"
        case .rows: "rows"
        case .gitStatus: "git_status"
        case .gitCommit: "git_commit"
        case .gitReset: "git_reset"
        case .branchSwitch: "branch_switch"
        case .fileChange: "file_change"
        case .processOutput: "process_output"
        case .processStatus: "process_status"
        case .error: "error"
        }
    }
}
