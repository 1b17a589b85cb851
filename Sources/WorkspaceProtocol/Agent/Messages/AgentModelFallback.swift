/// The session began with another model, because the wanted one is not there.
///
/// Source: `/api/v1/agent/stream`, event `session_model_fallback`.
public struct AgentModelFallback: Sendable, Hashable {
    /// The model that is used.
    public var model = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentModelFallback: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var model: JSONField { JSONField(10, "fallback_model") }
    }

    @inline(__always)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.model, in: &scanner) { self.model = try scanner.string() }
    }

    func writeBack(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.model.name, self.model)
    }
}

/// The session began with another model than the profile says.
///
/// Source: `/api/v1/agent/stream`, event `session_model_selection_warning`.
public struct AgentModelWarning: Sendable, Hashable {
    /// Why; an object with `kind`, `reason`, `requested_model` and `effective_model`.
    public var warning: RawJSON?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentModelWarning: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var warning: JSONField { JSONField(10, "model_selection_warning") }
    }

    @inline(__always)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.warning, in: &scanner) { self.warning = try scanner.rawJSON() }
    }

    func writeBack(to writer: inout JSONWriter) {
        writer.memberIfPresent(Field.warning.name, self.warning)
    }
}
