extension FileChange: WorkspacePayload {
    /// The members of `file_change`, in agentctl's order.
    enum Field: UInt8, JSONName {
        case timestamp
        case repositoryName
        case path
        case operation

        var name: StaticString {
            switch self {
            case .timestamp: "timestamp"
            case .repositoryName: "repository_name"
            case .path: "path"
            case .operation: "operation"
            }
        }
    }

    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure) {
        switch field {
        case .timestamp: self.timestamp = RFC3339Timestamp(rawValue: try scanner.string())
        case .repositoryName: self.repositoryName = try scanner.string()
        case .path: self.path = try scanner.string()
        case .operation: self.operation = Operation(rawValue: try scanner.string())
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.member(Field.path.name, self.path)
        writer.member(Field.operation.name, self.operation.rawValue)
    }
}
