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
