extension GitReset: WorkspacePayload {
    /// The members of `git_reset`, in agentctl's order.
    enum Field {
        static var timestamp: JSONField { JSONField(0, "timestamp") }
        static var repositoryName: JSONField { JSONField(1, "repository_name") }
        static var previousHead: JSONField { JSONField(2, "previous_head") }
        static var currentHead: JSONField { JSONField(3, "current_head") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
        if members.isNext(Field.repositoryName, in: &scanner) { self.repositoryName = try scanner.string() }
        if members.isNext(Field.previousHead, in: &scanner) { self.previousHead = try scanner.string() }
        if members.isNext(Field.currentHead, in: &scanner) { self.currentHead = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.member(Field.previousHead.name, self.previousHead)
        writer.member(Field.currentHead.name, self.currentHead)
    }
}
