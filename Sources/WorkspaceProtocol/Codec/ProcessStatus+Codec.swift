extension ProcessStatus: WorkspacePayload {
    /// The members of `process_status`, in agentctl's order.
    enum Field: UInt8, JSONName {
        case sessionID
        case processID
        case kind
        case scriptName
        case command
        case workingDirectory
        case status
        case exitCode
        case timestamp

        var name: StaticString {
            switch self {
            case .sessionID: "session_id"
            case .processID: "process_id"
            case .kind: "kind"
            case .scriptName: "script_name"
            case .command: "command"
            case .workingDirectory: "working_dir"
            case .status: "status"
            case .exitCode: "exit_code"
            case .timestamp: "timestamp"
            }
        }
    }

    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch field {
        case .sessionID: self.sessionID = try scanner.string()
        case .processID: self.processID = try scanner.string()
        case .kind: self.kind = ProcessKind(rawValue: try scanner.string())
        case .scriptName: self.scriptName = try scanner.string()
        case .command: self.command = try scanner.string()
        case .workingDirectory: self.workingDirectory = try scanner.string()
        case .status: self.status = State(rawValue: try scanner.string())
        case .exitCode: self.exitCode = try scanner.int()
        case .timestamp: self.timestamp = RFC3339Timestamp(rawValue: try scanner.string())
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.sessionID.name, self.sessionID)
        writer.member(Field.processID.name, self.processID)
        writer.member(Field.kind.name, self.kind.rawValue)
        writer.memberIfPresent(Field.scriptName.name, self.scriptName)
        writer.member(Field.command.name, self.command)
        writer.member(Field.workingDirectory.name, self.workingDirectory)
        writer.member(Field.status.name, self.status.rawValue)
        writer.memberIfPresent(Field.exitCode.name, self.exitCode)
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
    }
}
