/// What the agent thinks.
///
/// Source: `/api/v1/agent/stream`, event `reasoning`.
public struct AgentReasoning: Sendable, Hashable {
    /// The message of the agent's own protocol that this piece belongs to.
    public var messageID: String?

    /// The text.
    public var text = ""

    /// A summary of it.
    public var summary = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentReasoning: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var messageID: JSONField { JSONField(10, "protocol_message_id") }
        static var text: JSONField { JSONField(11, "reasoning_text") }
        static var summary: JSONField { JSONField(12, "reasoning_summary") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.messageID, in: &scanner) { self.messageID = try scanner.string() }
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.summary, in: &scanner) { self.summary = try scanner.string() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfPresent(Field.messageID.name, self.messageID)
        writer.memberIfNotZero(Field.text.name, self.text)
        writer.memberIfNotZero(Field.summary.name, self.summary)
    }
}
