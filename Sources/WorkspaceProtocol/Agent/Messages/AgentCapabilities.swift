/// What the agent can do.
///
/// Source: `/api/v1/agent/stream`, event `agent_capabilities`; it comes before or after the answer to
/// `agent.initialize`.
public struct AgentCapabilities: Sendable, Hashable {
    /// How the user can log in.
    public var authMethods: [AgentAuthMethod] = []

    var supports: AgentSupports = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentCapabilities: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var authMethods: JSONField { JSONField(10, "auth_methods") }
    }

    @inline(__always)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.authMethods, in: &scanner) { self.authMethods = try scanner.objects() }
    }

    func writeBack(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.authMethods.name, self.authMethods)
    }
}

/// The agent wants the user to log in.
///
/// Source: `/api/v1/agent/stream`, event `auth_required`.
public struct AgentAuthRequirement: Sendable, Hashable {
    /// What the agent said.
    public var error = ""

    /// How the user can log in.
    public var authMethods: [AgentAuthMethod] = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentAuthRequirement: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var error: JSONField { JSONField(10, "error") }
        static var authMethods: JSONField { JSONField(11, "auth_methods") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.error, in: &scanner) { self.error = try scanner.string() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.error.name, self.error)
    }

    @inline(__always)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.authMethods, in: &scanner) { self.authMethods = try scanner.objects() }
    }

    func writeBack(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.authMethods.name, self.authMethods)
    }
}

/// A way to log in.
public struct AgentAuthMethod: Sendable, Hashable {
    /// The value to log in with.
    public var id = ""

    /// Its name, for people.
    public var name = ""

    /// What it does.
    public var text = ""

    /// The program to run in a terminal; an object with `command`, `args` and `label`.
    public var terminal: RawJSON?

    /// More about it, in the form of the agent.
    public var metadata: RawJSON?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentAuthMethod: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var id: JSONField { JSONField(0, "id") }
        static var name: JSONField { JSONField(1, "name") }
        static var text: JSONField { JSONField(2, "description") }
        static var terminal: JSONField { JSONField(3, "terminal_auth") }
        static var metadata: JSONField { JSONField(4, "meta") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.id, in: &scanner) { self.id = try scanner.string() }
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.terminal, in: &scanner) { self.terminal = try scanner.rawJSON() }
        if members.isNext(Field.metadata, in: &scanner) { self.metadata = try scanner.rawJSON() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.id.name, self.id)
        writer.member(Field.name.name, self.name)
        writer.memberIfNotZero(Field.text.name, self.text)
        writer.memberIfPresent(Field.terminal.name, self.terminal)
        writer.memberIfPresent(Field.metadata.name, self.metadata)
    }
}
