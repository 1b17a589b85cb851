extension ProcessOutput: WorkspacePayload {
    /// The members of `process_output`, in agentctl's order.
    enum Field {
        static var sessionID: JSONField { JSONField(0, "session_id") }
        static var processID: JSONField { JSONField(1, "process_id") }
        static var kind: JSONField { JSONField(2, "kind") }
        static var stream: JSONField { JSONField(3, "stream") }
        static var data: JSONField { JSONField(4, "data") }
        static var timestamp: JSONField { JSONField(5, "timestamp") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.sessionID, in: &scanner) { self.sessionID = try scanner.string() }
        if members.isNext(Field.processID, in: &scanner) { self.processID = try scanner.string() }
        if members.isNext(Field.kind, in: &scanner) { self.kind = ProcessKind(rawValue: try scanner.string()) }
        if members.isNext(Field.stream, in: &scanner) { self.stream = Stream(rawValue: try scanner.string()) }
        if members.isNext(Field.data, in: &scanner) { self.data = try scanner.string() }
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.sessionID.name, self.sessionID)
        writer.member(Field.processID.name, self.processID)
        writer.member(Field.kind.name, self.kind.rawValue)
        writer.member(Field.stream.name, self.stream.rawValue)
        writer.member(Field.data.name, self.data)
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
    }
}
