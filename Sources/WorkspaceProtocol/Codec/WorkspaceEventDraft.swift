/// An event while its members are read.
///
/// Its type must be known before any member that depends on it.
///
/// Members that the type does not use are skipped, whatever their values: a new message type may use them otherwise.
struct WorkspaceEventDraft: JSONReadable {
    typealias Field = WorkspaceMember

    /// The type, once it was read.
    private(set) var type: MessageType?

    /// The timestamp, once it was read.
    private(set) var timestamp: Int64?

    private var payload: WorkspaceEvent.Content?
    private var text = ""
    private var first = 0
    private var second = 0

    /// What the value of `type` is.
    enum MessageType {
        case known(WorkspaceMessageKind)

        /// Where it is in the frame.
        case unknown(JSONStringToken)
    }

    /// The type; `nil` if it is unknown, or was not read.
    private var kind: WorkspaceMessageKind? {
        guard case .known(let kind) = self.type else { return nil }
        return kind
    }

    /// Says what type the message has.
    mutating func setType(_ token: JSONStringToken, in scanner: JSONScanner) throws(JSONFailure) {
        self.type = (try scanner.name(token)).map(MessageType.known) ?? .unknown(token)
    }

    private mutating func readType(from scanner: inout JSONScanner) throws(JSONFailure) {
        guard let kind: WorkspaceMessageKind = scanner.consumeName() else {
            return try self.setType(scanner.stringToken(), in: scanner)
        }
        self.type = .known(kind)
    }

    mutating func read(_ field: WorkspaceMember, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch (field, self.kind) {
        case (.type, _) where self.type == nil: try self.readType(from: &scanner)
        case (.timestamp, _): self.timestamp = try scanner.integer()
        case (.data, .shellOutput), (.data, .shellInput), (.error, .error): self.text = try scanner.string()
        case (.code, .shellExit), (.columns, .shellResize): self.first = try scanner.int()
        case (.rows, .shellResize): self.second = try scanner.int()
        case (.gitStatus, .gitStatus): self.payload = .gitStatus(try scanner.payload(GitStatus()))
        case (.gitCommit, .gitCommit): self.payload = .gitCommit(try scanner.payload(GitCommit()))
        case (.gitReset, .gitReset): self.payload = .gitReset(try scanner.payload(GitReset()))
        case (.branchSwitch, .branchSwitch): self.payload = .branchSwitch(try scanner.payload(BranchSwitch()))
        case (.fileChange, .fileChange): self.payload = .fileChange(try scanner.payload(FileChange()))
        case (.processOutput, .processOutput): self.payload = .processOutput(try scanner.payload(ProcessOutput()))
        case (.processStatus, .processStatus): self.payload = .processStatus(try scanner.payload(ProcessStatus()))
        default: try scanner.skipValue()
        }
    }

    func memberExpected(after field: WorkspaceMember) -> UInt8 {
        guard field == .timestamp, let kind else { return field.rawValue &+ 1 }
        return switch kind {
        case .shellExit: WorkspaceMember.code.rawValue
        case .shellResize: WorkspaceMember.columns.rawValue
        case .gitStatus: WorkspaceMember.gitStatus.rawValue
        case .gitCommit: WorkspaceMember.gitCommit.rawValue
        case .gitReset: WorkspaceMember.gitReset.rawValue
        case .branchSwitch: WorkspaceMember.branchSwitch.rawValue
        case .fileChange: WorkspaceMember.fileChange.rawValue
        case .processOutput: WorkspaceMember.processOutput.rawValue
        case .processStatus: WorkspaceMember.processStatus.rawValue
        case .error: WorkspaceMember.error.rawValue
        case .connected, .ping, .pong, .shellInput, .shellOutput: WorkspaceMember.data.rawValue
        }
    }

    /// What a message of this type says, after all its members were read.
    func content(of kind: WorkspaceMessageKind) -> WorkspaceEvent.Content {
        switch kind {
        case .connected: .connected
        case .pong: .pong
        case .ping: .ping
        case .shellOutput: .shellOutput(self.text)
        case .shellInput: .shellInput(self.text)
        case .error: .error(self.text)
        case .shellExit: .shellExit(code: self.first)
        case .shellResize: .shellResize(columns: self.first, rows: self.second)
        case .gitStatus, .gitCommit, .gitReset, .branchSwitch, .fileChange, .processOutput, .processStatus:
            self.payload ?? .missingPayload(kind.type)
        }
    }
}

extension JSONScanner {
    /// Reads an object over a value whose fields are at zero.
    fileprivate mutating func payload<Payload: WorkspacePayload>(
        _ zero: consuming Payload
    ) throws(JSONFailure) -> Payload {
        try self.object(into: &zero)
        return zero
    }
}
