/// The agent waits for the user, but work in the background may go on.
///
/// Source: `/api/v1/agent/stream`, event `foreground_idle`.
public struct AgentForegroundIdle: Sendable, Hashable {
    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentForegroundIdle: AgentPayload {
}

/// Work in the background has ended.
///
/// Source: `/api/v1/agent/stream`, event `background_complete`.
public struct AgentBackgroundCompletion: Sendable, Hashable {
    /// The work; nil if the agent does not name it.
    public var toolCallID: String?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentBackgroundCompletion: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var toolCallID: JSONField { JSONField(10, "tool_call_id") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.toolCallID, in: &scanner) { self.toolCallID = try scanner.string() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfPresent(Field.toolCallID.name, self.toolCallID)
    }
}

/// The provider of the model limits the agent.
///
/// Source: `/api/v1/agent/stream`, event `rate_limit`.
public struct AgentRateLimit: Sendable, Hashable {
    /// What the provider said.
    public var message = ""

    /// The last message that was kept.
    public var lastMessageID = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentRateLimit: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var message: JSONField { JSONField(10, "rate_limit_message") }
        static var lastMessageID: JSONField { JSONField(11, "last_message_uuid") }
    }

    @inline(__always)
    mutating func readMiddle(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.message, in: &scanner) { self.message = try scanner.string() }
        if members.isNext(Field.lastMessageID, in: &scanner) { self.lastMessageID = try scanner.string() }
    }

    func writeMiddle(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.message.name, self.message)
        writer.memberIfNotZero(Field.lastMessageID.name, self.lastMessageID)
    }
}
