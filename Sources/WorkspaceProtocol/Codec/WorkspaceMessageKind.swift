/// The message types this library knows, the frequent ones first: they are looked for in this order.
enum WorkspaceMessageKind: UInt8, JSONName {
    case processOutput
    case shellOutput
    case fileChange
    case gitStatus
    case processStatus
    case gitCommit
    case branchSwitch
    case gitReset
    case pong
    case connected
    case shellExit
    case error
    case ping
    case shellInput
    case shellResize

    var name: StaticString {
        switch self {
        case .connected: "connected"
        case .gitStatus: "git_status"
        case .gitCommit: "git_commit"
        case .gitReset: "git_reset"
        case .branchSwitch: "branch_switch"
        case .fileChange: "file_change"
        case .processOutput: "process_output"
        case .processStatus: "process_status"
        case .shellOutput: "shell_output"
        case .shellExit: "shell_exit"
        case .error: "error"
        case .pong: "pong"
        case .ping: "ping"
        case .shellInput: "shell_input"
        case .shellResize: "shell_resize"
        }
    }

    /// The public name of the type.
    var type: WorkspaceMessageType { WorkspaceMessageType(rawValue: self.name.description) }
}

extension WorkspaceEvent.Content {
    /// The type of a message that is written member by member; `nil` for contents that carry their type themselves.
    var kind: WorkspaceMessageKind? {
        switch self {
        case .connected: .connected
        case .gitStatus: .gitStatus
        case .gitCommit: .gitCommit
        case .gitReset: .gitReset
        case .branchSwitch: .branchSwitch
        case .fileChange: .fileChange
        case .processOutput: .processOutput
        case .processStatus: .processStatus
        case .shellOutput: .shellOutput
        case .shellExit: .shellExit
        case .error: .error
        case .pong: .pong
        case .ping: .ping
        case .shellInput: .shellInput
        case .shellResize: .shellResize
        case .missingPayload, .unknown, .malformed: nil
        }
    }
}
