/// The commands that the user can give.
///
/// Source: `/api/v1/agent/stream`, event `available_commands`.
public struct AgentCommands: Sendable, Hashable {
    /// The commands, whole each time.
    public var commands: [AgentCommandDescription] = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentCommands: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var commands: JSONField { JSONField(10, "available_commands") }
    }

    @inline(__always)
    mutating func readMiddle(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.commands, in: &scanner) { self.commands = try scanner.objects() }
    }

    func writeMiddle(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.commands.name, self.commands)
    }
}

/// One command that the user can give to the agent.
public struct AgentCommandDescription: Sendable, Hashable {
    /// The name, without the slash.
    public var name = ""

    /// What it does.
    public var text = ""

    /// What to write after it.
    public var inputHint = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentCommandDescription: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var name: JSONField { JSONField(0, "name") }
        static var text: JSONField { JSONField(1, "description") }
        static var inputHint: JSONField { JSONField(2, "input_hint") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.inputHint, in: &scanner) { self.inputHint = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.name.name, self.name)
        writer.memberIfNotZero(Field.text.name, self.text)
        writer.memberIfNotZero(Field.inputHint.name, self.inputHint)
    }
}
