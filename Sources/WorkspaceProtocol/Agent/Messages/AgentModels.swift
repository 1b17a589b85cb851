/// The models of a session.
///
/// Source: `/api/v1/agent/stream`, event `session_models`.
public struct AgentModels: Sendable, Hashable {
    /// The model.
    public var currentModelID = ""

    /// The possible models.
    public var models: [AgentModel] = []

    /// The settings of the session.
    public var configOptions: [AgentConfigOption] = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentModels: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var currentModelID: JSONField { JSONField(10, "current_model_id") }
        static var models: JSONField { JSONField(11, "session_models") }
        static var configOptions: JSONField { JSONField(12, "config_options") }
    }

    @inline(__always)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.currentModelID, in: &scanner) { self.currentModelID = try scanner.string() }
        if members.isNext(Field.models, in: &scanner) { self.models = try scanner.objects() }
        if members.isNext(Field.configOptions, in: &scanner) { self.configOptions = try scanner.objects() }
    }

    func writeBack(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.currentModelID.name, self.currentModelID)
        writer.memberIfNotZero(Field.models.name, self.models)
        writer.memberIfNotZero(Field.configOptions.name, self.configOptions)
    }
}

/// The models of a session, as a session's answer has them.
public struct AgentModelState: Sendable, Hashable {
    /// The model.
    public var currentModelID = ""

    /// The possible models.
    public var models: [AgentModel] = []

    /// The settings of the session.
    public var configOptions: [AgentConfigOption] = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentModelState: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var currentModelID: JSONField { JSONField(0, "current_model_id") }
        static var models: JSONField { JSONField(1, "models") }
        static var configOptions: JSONField { JSONField(2, "config_options") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.currentModelID, in: &scanner) { self.currentModelID = try scanner.string() }
        if members.isNext(Field.models, in: &scanner) { self.models = try scanner.objects() }
        if members.isNext(Field.configOptions, in: &scanner) { self.configOptions = try scanner.objects() }
    }

    func write(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.currentModelID.name, self.currentModelID)
        writer.memberIfNotZero(Field.models.name, self.models)
        writer.memberIfNotZero(Field.configOptions.name, self.configOptions)
    }
}

/// A model that the agent can use.
public struct AgentModel: Sendable, Hashable {
    /// The value to set it with.
    public var modelID = ""

    /// Its name, for people.
    public var name = ""

    /// What it is.
    public var text = ""

    /// Its price in relation to others, such as `3x`.
    public var usageMultiplier = ""

    /// More about it, in the form of the agent.
    public var metadata: RawJSON?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentModel: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var modelID: JSONField { JSONField(0, "model_id") }
        static var name: JSONField { JSONField(1, "name") }
        static var text: JSONField { JSONField(2, "description") }
        static var usageMultiplier: JSONField { JSONField(3, "usage_multiplier") }
        static var metadata: JSONField { JSONField(4, "meta") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.modelID, in: &scanner) { self.modelID = try scanner.string() }
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.usageMultiplier, in: &scanner) { self.usageMultiplier = try scanner.string() }
        if members.isNext(Field.metadata, in: &scanner) { self.metadata = try scanner.rawJSON() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.modelID.name, self.modelID)
        writer.member(Field.name.name, self.name)
        writer.memberIfNotZero(Field.text.name, self.text)
        writer.memberIfNotZero(Field.usageMultiplier.name, self.usageMultiplier)
        writer.memberIfPresent(Field.metadata.name, self.metadata)
    }
}
