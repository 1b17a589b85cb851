/// The message types that this library knows; they are compared in this order, so the frequent ones are first.
enum WorkspaceMessageKind: CaseIterable {
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

    /// The kind with this name; `nil` if there is none.
    @inline(__always) init?(_ text: JSONShortText) {
        switch text {
        case Self.processOutput.text: self = .processOutput
        case Self.shellOutput.text: self = .shellOutput
        case Self.fileChange.text: self = .fileChange
        case Self.gitStatus.text: self = .gitStatus
        case Self.processStatus.text: self = .processStatus
        case Self.gitCommit.text: self = .gitCommit
        case Self.branchSwitch.text: self = .branchSwitch
        case Self.gitReset.text: self = .gitReset
        case Self.pong.text: self = .pong
        case Self.connected.text: self = .connected
        case Self.shellExit.text: self = .shellExit
        case Self.error.text: self = .error
        case Self.ping.text: self = .ping
        case Self.shellInput.text: self = .shellInput
        case Self.shellResize.text: self = .shellResize
        default: return nil
        }
    }

    @inline(__always) private var text: JSONShortText { JSONShortText(self.name) }

    /// The public name of the type.
    @inline(__always) var type: WorkspaceMessageType {
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
        }
    }
}

extension WorkspaceEvent.Content {
    /// The type of a message that is written member by member; `nil` if the content holds its own type.
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
