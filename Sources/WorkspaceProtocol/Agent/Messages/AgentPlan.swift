/// The agent's plan, whole each time.
///
/// Source: `/api/v1/agent/stream`, event `plan`.
public struct AgentPlan: Sendable, Hashable {
    /// The steps.
    public var entries: [AgentPlanEntry] = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentPlan: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var entries: JSONField { JSONField(10, "plan_entries") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.entries, in: &scanner) { self.entries = try scanner.objects() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.entries.name, self.entries)
    }
}

/// One step of a plan.
public struct AgentPlanEntry: Sendable, Hashable {
    /// What is to be done.
    public var text = ""

    /// `pending`, `in_progress`, `completed` or `failed`.
    public var status = ""

    /// `high`, `medium` or `low`.
    public var priority = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentPlanEntry: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var text: JSONField { JSONField(0, "description") }
        static var status: JSONField { JSONField(1, "status") }
        static var priority: JSONField { JSONField(2, "priority") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.status, in: &scanner) { self.status = try scanner.string() }
        if members.isNext(Field.priority, in: &scanner) { self.priority = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.text.name, self.text)
        writer.memberIfNotZero(Field.status.name, self.status)
        writer.memberIfNotZero(Field.priority.name, self.priority)
    }
}

/// The agent's plan as a document.
///
/// Source: `/api/v1/agent/stream`, event `agent_plan`.
public struct AgentPlanDocument: Sendable, Hashable {
    /// Markdown.
    public var text = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentPlanDocument: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var text: JSONField { JSONField(10, "plan_content") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.text.name, self.text)
    }
}
