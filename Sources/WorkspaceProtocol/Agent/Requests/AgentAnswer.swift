/// The answer to a request: what its JSON says.
public protocol AgentAnswer: Sendable {
    /// Reads an answer.
    ///
    /// - Parameter payload: The answer as it was sent.
    /// - Throws: ``WorkspaceProtocolError`` if it is not what the answer must be.
    init(payload: RawJSON) throws(WorkspaceProtocolError)
}

extension RawJSON: AgentAnswer {
    /// Takes an answer of any form.
    ///
    /// - Parameter payload: The answer as it was sent.
    public init(payload: RawJSON) { self = payload }
}

/// Whether a request was done.
///
/// Source: the answer to `agent.prompt`, `agent.permissions.respond`, `agent.session.set_mode` and others.
public struct AgentSuccessAnswer: AgentAnswer, Hashable {
    /// Whether it was done; if not, see ``error``.
    public var isSuccessful = false

    /// Why it was not done; nil if it was.
    public var error: String?

    /// The whole answer as it was sent.
    public private(set) var payload = RawJSON.null

    /// Reads an answer.
    ///
    /// - Parameter payload: The answer as it was sent.
    /// - Throws: ``WorkspaceProtocolError`` if it is not an object, or if a member has another type.
    public init(payload: RawJSON) throws(WorkspaceProtocolError) {
        self = try payload.object(as: Self.self)
        self.payload = payload
    }
}

extension AgentSuccessAnswer: JSONReadable {
    /// The members, in agentctl's order.
    enum Field {
        static var isSuccessful: JSONField { JSONField(0, "success") }
        static var error: JSONField { JSONField(1, "error") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.isSuccessful, in: &scanner) { self.isSuccessful = try scanner.bool() }
        if members.isNext(Field.error, in: &scanner) { self.error = try scanner.string() }
    }
}

/// Whether a turn was cancelled.
///
/// Source: the answer to `agent.cancel`.
public struct AgentCancelAnswer: AgentAnswer, Hashable {
    /// Whether it was done; if not, see ``error``.
    public var isSuccessful = false

    /// Why it was not done; nil if it was.
    public var error: String?

    /// Whether the agent did not say in time that it has stopped.
    public var isNotAcknowledged = false

    /// The whole answer as it was sent.
    public private(set) var payload = RawJSON.null

    /// Reads an answer.
    ///
    /// - Parameter payload: The answer as it was sent.
    /// - Throws: ``WorkspaceProtocolError`` if it is not an object, or if a member has another type.
    public init(payload: RawJSON) throws(WorkspaceProtocolError) {
        self = try payload.object(as: Self.self)
        self.payload = payload
    }
}

extension AgentCancelAnswer: JSONReadable {
    /// The members, in agentctl's order.
    enum Field {
        static var isSuccessful: JSONField { JSONField(0, "success") }
        static var error: JSONField { JSONField(1, "error") }
        static var isNotAcknowledged: JSONField { JSONField(2, "not_acknowledged") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.isSuccessful, in: &scanner) { self.isSuccessful = try scanner.bool() }
        if members.isNext(Field.error, in: &scanner) { self.error = try scanner.string() }
        if members.isNext(Field.isNotAcknowledged, in: &scanner) { self.isNotAcknowledged = try scanner.bool() }
    }
}

/// The last lines of the agent's standard error.
///
/// Source: the answer to `agent.stderr`.
public struct AgentStandardError: AgentAnswer, Hashable {
    /// The lines, the oldest first.
    public var lines: [String] = []

    /// The whole answer as it was sent.
    public private(set) var payload = RawJSON.null

    /// Reads an answer.
    ///
    /// - Parameter payload: The answer as it was sent.
    /// - Throws: ``WorkspaceProtocolError`` if it is not an object, or if a member has another type.
    public init(payload: RawJSON) throws(WorkspaceProtocolError) {
        self = try payload.object(as: Self.self)
        self.payload = payload
    }
}

extension AgentStandardError: JSONReadable {
    /// The members, in agentctl's order.
    enum Field {
        static var lines: JSONField { JSONField(0, "lines") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.lines, in: &scanner) { self.lines = try scanner.strings() }
    }
}
