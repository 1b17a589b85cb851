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

/// The members of the envelope, in agentctl's order.
enum WorkspaceMember {
    static var type: JSONField { JSONField(0, "type") }
    static var timestamp: JSONField { JSONField(1, "timestamp") }
    static var data: JSONField { JSONField(2, "data") }
    static var code: JSONField { JSONField(3, "code") }
    static var columns: JSONField { JSONField(4, "cols") }
    static var rows: JSONField { JSONField(5, "rows") }
    static var gitStatus: JSONField { JSONField(6, "git_status") }
    static var gitCommit: JSONField { JSONField(7, "git_commit") }
    static var gitReset: JSONField { JSONField(8, "git_reset") }
    static var branchSwitch: JSONField { JSONField(9, "branch_switch") }
    static var fileChange: JSONField { JSONField(10, "file_change") }
    static var processOutput: JSONField { JSONField(11, "process_output") }
    static var processStatus: JSONField { JSONField(12, "process_status") }
    static var error: JSONField { JSONField(13, "error") }
}

/// An event whose members are being read.
///
/// Its type must be known before any member that depends on it.
///
/// Members that the type does not use are skipped, whatever their values are: a new message type may use them
/// differently.
struct WorkspaceEventDraft: JSONReadable {
    private typealias Field = WorkspaceMember

    /// The type, after it was read.
    private(set) var type: MessageType?

    /// The timestamp, after it was read.
    private(set) var timestamp: Int64?

    private var content: WorkspaceEvent.Content?
    private var columns = 0
    private var rows = 0

    /// What the value of `type` means.
    enum MessageType {
        case known(WorkspaceMessageKind)

        /// The place of the unknown type in the frame.
        case unknown(JSONStringToken)
    }

    /// The type; `nil` if it is unknown or not read yet.
    private var kind: WorkspaceMessageKind? {
        guard case .known(let kind) = self.type else { return nil }
        return kind
    }

    /// Sets the type of the message.
    mutating func setType(_ token: JSONStringToken, in scanner: inout JSONScanner) throws(JSONFailure) {
        self.type = (try scanner.kind(token)).map(MessageType.known) ?? .unknown(token)
    }

    private mutating func readType(from scanner: inout JSONScanner) throws(JSONFailure) {
        guard self.type == nil else { return try scanner.skipValue() }
        guard let kind = scanner.consumeKind() else {
            return try self.setType(scanner.stringToken(), in: &scanner)
        }
        self.type = .known(kind)
    }

    @inline(__always)
    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.type, in: &scanner) { try self.readType(from: &scanner) }
        if members.isNext(Field.timestamp, in: &scanner) { self.timestamp = try scanner.integer() }
        if let kind = self.kind { try self.readContent(of: kind, &members, from: &scanner) }
    }

    /// Reads the members that a message of this type has.
    @inline(__always) private mutating func readContent(
        of kind: WorkspaceMessageKind,
        _ members: inout JSONMembers,
        from scanner: inout JSONScanner
    ) throws(JSONFailure) {
        switch kind {
        case .processOutput where members.isNext(Field.processOutput, in: &scanner):
            self.content = .processOutput(try scanner.object())
        case .shellOutput where members.isNext(Field.data, in: &scanner):
            self.content = .shellOutput(try scanner.string())
        case .fileChange where members.isNext(Field.fileChange, in: &scanner):
            self.content = .fileChange(try scanner.object())
        case .gitStatus where members.isNext(Field.gitStatus, in: &scanner):
            self.content = .gitStatus(try scanner.object())
        case .processStatus where members.isNext(Field.processStatus, in: &scanner):
            self.content = .processStatus(try scanner.object())
        case .gitCommit where members.isNext(Field.gitCommit, in: &scanner):
            self.content = .gitCommit(try scanner.object())
        case .branchSwitch where members.isNext(Field.branchSwitch, in: &scanner):
            self.content = .branchSwitch(try scanner.object())
        case .gitReset where members.isNext(Field.gitReset, in: &scanner):
            self.content = .gitReset(try scanner.object())
        case .shellExit where members.isNext(Field.code, in: &scanner):
            self.content = .shellExit(code: try scanner.int())
        case .error where members.isNext(Field.error, in: &scanner):
            self.content = .error(try scanner.string())
        case .shellInput where members.isNext(Field.data, in: &scanner):
            self.content = .shellInput(try scanner.string())
        case .shellResize:
            if members.isNext(Field.columns, in: &scanner) { self.columns = try scanner.int() }
            if members.isNext(Field.rows, in: &scanner) { self.rows = try scanner.int() }
        default: break
        }
    }

    /// The content of a message of this type, after all its members were read.
    mutating func takeContent(of kind: WorkspaceMessageKind) -> WorkspaceEvent.Content {
        if let content = self.content.take() { return content }
        return switch kind {
        case .connected: .connected
        case .pong: .pong
        case .ping: .ping
        case .shellOutput: .shellOutput("")
        case .shellInput: .shellInput("")
        case .error: .error("")
        case .shellExit: .shellExit(code: 0)
        case .shellResize: .shellResize(columns: self.columns, rows: self.rows)
        case .gitStatus, .gitCommit, .gitReset, .branchSwitch, .fileChange, .processOutput, .processStatus:
            .missingPayload(kind.type)
        }
    }
}

extension WorkspaceEvent.Content {
    /// Writes the members after the timestamp.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .gitStatus(let status): writer.member(WorkspaceMember.gitStatus.name, status)
        case .gitCommit(let commit): writer.member(WorkspaceMember.gitCommit.name, commit)
        case .gitReset(let reset): writer.member(WorkspaceMember.gitReset.name, reset)
        case .branchSwitch(let branchSwitch): writer.member(WorkspaceMember.branchSwitch.name, branchSwitch)
        case .fileChange(let change): writer.member(WorkspaceMember.fileChange.name, change)
        case .processOutput(let output): writer.member(WorkspaceMember.processOutput.name, output)
        case .processStatus(let status): writer.member(WorkspaceMember.processStatus.name, status)
        case .shellOutput(let text), .shellInput(let text):
            writer.memberIfNotZero(WorkspaceMember.data.name, text)
        case .shellExit(let code): writer.memberIfNotZero(WorkspaceMember.code.name, code)
        case .error(let text): writer.memberIfNotZero(WorkspaceMember.error.name, text)
        case .shellResize(let columns, let rows):
            writer.memberIfNotZero(WorkspaceMember.columns.name, columns)
            writer.memberIfNotZero(WorkspaceMember.rows.name, rows)
        case .connected, .ping, .pong, .missingPayload, .unknown, .malformed: break
        }
    }
}
