extension ProcessStatus: WorkspacePayload {
    /// The members of `process_status`, in agentctl's order.
    enum Field {
        static var sessionID: JSONField { JSONField(0, "session_id") }
        static var processID: JSONField { JSONField(1, "process_id") }
        static var kind: JSONField { JSONField(2, "kind") }
        static var scriptName: JSONField { JSONField(3, "script_name") }
        static var command: JSONField { JSONField(4, "command") }
        static var workingDirectory: JSONField { JSONField(5, "working_dir") }
        static var status: JSONField { JSONField(6, "status") }
        static var exitCode: JSONField { JSONField(7, "exit_code") }
        static var timestamp: JSONField { JSONField(8, "timestamp") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.sessionID, in: &scanner) { self.sessionID = try scanner.string() }
        if members.isNext(Field.processID, in: &scanner) { self.processID = try scanner.string() }
        if members.isNext(Field.kind, in: &scanner) { self.kind = ProcessKind(rawValue: try scanner.string()) }
        if members.isNext(Field.scriptName, in: &scanner) { self.scriptName = try scanner.string() }
        if members.isNext(Field.command, in: &scanner) { self.command = try scanner.string() }
        if members.isNext(Field.workingDirectory, in: &scanner) { self.workingDirectory = try scanner.string() }
        if members.isNext(Field.status, in: &scanner) { self.status = State(rawValue: try scanner.string()) }
        if members.isNext(Field.exitCode, in: &scanner) { self.exitCode = try scanner.int() }
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
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
