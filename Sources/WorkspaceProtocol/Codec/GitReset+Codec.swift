extension GitReset: WorkspacePayload {
    /// The members of `git_reset`, in agentctl's order.
    enum Field: UInt8, JSONName {
        case timestamp
        case repositoryName
        case previousHead
        case currentHead

        var name: StaticString {
            switch self {
            case .timestamp: "timestamp"
            case .repositoryName: "repository_name"
            case .previousHead: "previous_head"
            case .currentHead: "current_head"
            }
        }
    }

    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch field {
        case .timestamp: self.timestamp = RFC3339Timestamp(rawValue: try scanner.string())
        case .repositoryName: self.repositoryName = try scanner.string()
        case .previousHead: self.previousHead = try scanner.string()
        case .currentHead: self.currentHead = try scanner.string()
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.member(Field.previousHead.name, self.previousHead)
        writer.member(Field.currentHead.name, self.currentHead)
    }
}
