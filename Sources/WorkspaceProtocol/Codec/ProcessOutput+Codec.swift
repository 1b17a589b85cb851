extension ProcessOutput: WorkspacePayload {
    /// The members of `process_output`, in agentctl's order.
    enum Field: UInt8, JSONName {
        case sessionID
        case processID
        case kind
        case stream
        case data
        case timestamp

        var name: StaticString {
            switch self {
            case .sessionID: "session_id"
            case .processID: "process_id"
            case .kind: "kind"
            case .stream: "stream"
            case .data: "data"
            case .timestamp: "timestamp"
            }
        }
    }

    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch field {
        case .sessionID: self.sessionID = try scanner.string()
        case .processID: self.processID = try scanner.string()
        case .kind: self.kind = ProcessKind(rawValue: try scanner.string())
        case .stream: self.stream = Stream(rawValue: try scanner.string())
        case .data: self.data = try scanner.string()
        case .timestamp: self.timestamp = RFC3339Timestamp(rawValue: try scanner.string())
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
