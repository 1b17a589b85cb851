/// The mode in which the agent works.
///
/// Source: `/api/v1/agent/stream`, event `session_mode`.
public struct AgentModes: Sendable, Hashable {
    /// The mode.
    public var currentModeID = ""

    /// The possible modes; empty if only the mode changed.
    public var modes: [AgentMode] = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentModes: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var currentModeID: JSONField { JSONField(10, "current_mode_id") }
        static var modes: JSONField { JSONField(11, "available_modes") }
    }

    @inline(__always)
    mutating func readMiddle(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.currentModeID, in: &scanner) { self.currentModeID = try scanner.string() }
        if members.isNext(Field.modes, in: &scanner) { self.modes = try scanner.objects() }
    }

    func writeMiddle(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.currentModeID.name, self.currentModeID)
        writer.memberIfNotZero(Field.modes.name, self.modes)
    }
}

/// A mode in which the agent can work.
public struct AgentMode: Sendable, Hashable {
    /// The value to set it with.
    public var id = ""

    /// Its name, for people.
    public var name = ""

    /// What it does.
    public var text = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentMode: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var id: JSONField { JSONField(0, "id") }
        static var name: JSONField { JSONField(1, "name") }
        static var text: JSONField { JSONField(2, "description") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.id, in: &scanner) { self.id = try scanner.string() }
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.id.name, self.id)
        writer.member(Field.name.name, self.name)
        writer.memberIfNotZero(Field.text.name, self.text)
    }
}
