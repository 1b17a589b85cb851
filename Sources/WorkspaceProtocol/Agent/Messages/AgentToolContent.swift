/// One thing that a tool has produced: a content block, a change of a file, or a terminal.
public struct AgentToolContent: Sendable, Hashable {
    /// Which one it is: `content`, `diff` or `terminal`.
    public var type = ""

    /// The content block.
    public var content: AgentContentBlock?

    /// The path of the changed file.
    public var path = ""

    /// The text of the file before; nil for a new file.
    public var oldText: String?

    /// The text of the file after.
    public var newText = ""

    /// The terminal.
    public var terminalID = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentToolContent: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var type: JSONField { JSONField(0, "type") }
        static var content: JSONField { JSONField(1, "content") }
        static var path: JSONField { JSONField(2, "path") }
        static var oldText: JSONField { JSONField(3, "old_text") }
        static var newText: JSONField { JSONField(4, "new_text") }
        static var terminalID: JSONField { JSONField(5, "terminal_id") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.type, in: &scanner) { self.type = try scanner.string() }
        if members.isNext(Field.content, in: &scanner) { self.content = try scanner.object() }
        if members.isNext(Field.path, in: &scanner) { self.path = try scanner.string() }
        if members.isNext(Field.oldText, in: &scanner) { self.oldText = try scanner.string() }
        if members.isNext(Field.newText, in: &scanner) { self.newText = try scanner.string() }
        if members.isNext(Field.terminalID, in: &scanner) { self.terminalID = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.type.name, self.type)
        if let value = self.content { writer.member(Field.content.name, value) }
        writer.memberIfNotZero(Field.path.name, self.path)
        writer.memberIfPresent(Field.oldText.name, self.oldText)
        writer.memberIfNotZero(Field.newText.name, self.newText)
        writer.memberIfNotZero(Field.terminalID.name, self.terminalID)
    }
}
