/// A piece of the agent's answer.
///
/// Source: `/api/v1/agent/stream`, event `message_chunk`. An absent member is empty or nil.
public struct AgentMessageChunk: Sendable, Hashable {
    /// The text; may be empty if there are ``contentBlocks``.
    public var text = ""

    /// The message of the agent's own protocol that this piece belongs to.
    public var messageID: String?

    /// Content that is not only text.
    public var contentBlocks: [AgentContentBlock] = []

    /// Who wrote it; empty means the agent.
    public var role = AgentMessageRole(rawValue: "")

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentMessageChunk: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var text: JSONField { JSONField(10, "text") }
        static var messageID: JSONField { JSONField(11, "protocol_message_id") }
        static var contentBlocks: JSONField { JSONField(12, "content_blocks") }
        static var role: JSONField { JSONField(13, "role") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.messageID, in: &scanner) { self.messageID = try scanner.string() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.text.name, self.text)
        writer.memberIfPresent(Field.messageID.name, self.messageID)
    }

    @inline(__always)
    mutating func readMiddle(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.contentBlocks, in: &scanner) { self.contentBlocks = try scanner.objects() }
        if members.isNext(Field.role, in: &scanner) { self.role = AgentMessageRole(rawValue: try scanner.string()) }
    }

    func writeMiddle(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.contentBlocks.name, self.contentBlocks)
        writer.memberIfNotZero(Field.role.name, self.role.rawValue)
    }
}

/// Who wrote a message; an open set.
public struct AgentMessageRole: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire; empty if the member was absent.
    public var rawValue: String

    /// Creates a value, known or not.
    ///
    /// - Parameter rawValue: The value on the wire.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The value on the wire.
    public var description: String { self.rawValue }

    /// The user; sent when a session is loaded again.
    public static let user = Self(rawValue: "user")

    /// The agent.
    public static let assistant = Self(rawValue: "assistant")
}
