/// Which agent it is.
///
/// Source: the answer to `agent.initialize`.
public struct AgentInitializeAnswer: AgentAnswer, Hashable {
    /// Whether it was done; if not, see ``error``.
    public var isSuccessful = false

    /// Its name and version; nil if the agent does not say.
    public var agent: AgentIdentity?

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

extension AgentInitializeAnswer: JSONReadable {
    /// The members, in agentctl's order.
    enum Field {
        static var isSuccessful: JSONField { JSONField(0, "success") }
        static var agent: JSONField { JSONField(1, "agent_info") }
        static var error: JSONField { JSONField(2, "error") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.isSuccessful, in: &scanner) { self.isSuccessful = try scanner.bool() }
        if members.isNext(Field.agent, in: &scanner) { self.agent = try scanner.object() }
        if members.isNext(Field.error, in: &scanner) { self.error = try scanner.string() }
    }
}

/// A session that has begun.
///
/// Source: the answer to `agent.session.new`, `agent.session.load` and `agent.session.reset`.
public struct AgentSessionAnswer: AgentAnswer, Hashable {
    /// Whether it was done; if not, see ``error``.
    public var isSuccessful = false

    /// The session.
    public var sessionID = ""

    /// Its models; nil if the agent does not say.
    public var models: AgentModelState?

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

extension AgentSessionAnswer: JSONReadable {
    /// The members, in agentctl's order.
    enum Field {
        static var isSuccessful: JSONField { JSONField(0, "success") }
        static var sessionID: JSONField { JSONField(1, "session_id") }
        static var models: JSONField { JSONField(2, "model_state") }
        static var error: JSONField { JSONField(3, "error") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.isSuccessful, in: &scanner) { self.isSuccessful = try scanner.bool() }
        if members.isNext(Field.sessionID, in: &scanner) { self.sessionID = try scanner.string() }
        if members.isNext(Field.models, in: &scanner) { self.models = try scanner.object() }
        if members.isNext(Field.error, in: &scanner) { self.error = try scanner.string() }
    }
}

/// The name and the version of an agent.
public struct AgentIdentity: Sendable, Hashable {
    /// The name.
    public var name = ""

    /// The version.
    public var version = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentIdentity: JSONReadable {
    /// The members, in agentctl's order.
    enum Field {
        static var name: JSONField { JSONField(0, "name") }
        static var version: JSONField { JSONField(1, "version") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.version, in: &scanner) { self.version = try scanner.string() }
    }
}
