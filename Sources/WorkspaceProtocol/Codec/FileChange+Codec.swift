extension FileChange: WorkspacePayload {
    /// The members of `file_change`, in agentctl's order.
    enum Field {
        static var timestamp: JSONField { JSONField(0, "timestamp") }
        static var repositoryName: JSONField { JSONField(1, "repository_name") }
        static var path: JSONField { JSONField(2, "path") }
        static var operation: JSONField { JSONField(3, "operation") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
        if members.isNext(Field.repositoryName, in: &scanner) { self.repositoryName = try scanner.string() }
        if members.isNext(Field.path, in: &scanner) { self.path = try scanner.string() }
        if members.isNext(Field.operation, in: &scanner) { self.operation = Operation(rawValue: try scanner.string()) }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.member(Field.path.name, self.path)
        writer.member(Field.operation.name, self.operation.rawValue)
    }
}
