/// How full the agent's context is, in tokens.
///
/// Source: `/api/v1/agent/stream`, event `context_window`.
public struct AgentContextWindow: Sendable, Hashable {
    /// All tokens that have room.
    public var size = 0

    /// The used ones.
    public var used = 0

    /// The free ones.
    public var remaining = 0

    /// The used share in percent; a number with a fraction, see ``RawJSON/number``.
    public var efficiency: RawJSON?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentContextWindow: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var size: JSONField { JSONField(10, "context_window_size") }
        static var used: JSONField { JSONField(11, "context_window_used") }
        static var remaining: JSONField { JSONField(12, "context_window_remaining") }
        static var efficiency: JSONField { JSONField(13, "context_efficiency") }
    }

    @inline(__always)
    mutating func readMiddle(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.size, in: &scanner) { self.size = try scanner.int() }
        if members.isNext(Field.used, in: &scanner) { self.used = try scanner.int() }
        if members.isNext(Field.remaining, in: &scanner) { self.remaining = try scanner.int() }
        if members.isNext(Field.efficiency, in: &scanner) { self.efficiency = try scanner.rawJSON() }
    }

    func writeMiddle(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.size.name, self.size)
        writer.memberIfNotZero(Field.used.name, self.used)
        writer.memberIfNotZero(Field.remaining.name, self.remaining)
        writer.memberIfPresent(Field.efficiency.name, self.efficiency)
    }
}
