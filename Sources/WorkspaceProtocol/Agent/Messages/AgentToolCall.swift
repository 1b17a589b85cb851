/// A tool that the agent uses: its beginning, or what became of it.
///
/// Source: `/api/v1/agent/stream`, events `tool_call` and `tool_update`. An update has only the members that
/// changed.
public struct AgentToolCall: Sendable, Hashable {
    /// The tool call; the same in all its events.
    public var toolCallID = ""

    /// The tool call whose agent made this one.
    public var parentToolCallID: String?

    /// The name of the tool, such as `execute`.
    public var name = ""

    /// What it does, for people.
    public var title = ""

    /// Its state.
    public var status = AgentToolStatus(rawValue: "")

    /// What the tool gets and gives, in agentctl's own form: an object whose `kind` names its other member.
    public var normalized: RawJSON?

    /// The change of files, as a unified diff.
    public var diff = ""

    /// What the tool has produced.
    public var contents: [AgentToolContent] = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentToolCall: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var toolCallID: JSONField { JSONField(10, "tool_call_id") }
        static var parentToolCallID: JSONField { JSONField(11, "parent_tool_call_id") }
        static var name: JSONField { JSONField(12, "tool_name") }
        static var title: JSONField { JSONField(13, "tool_title") }
        static var status: JSONField { JSONField(14, "tool_status") }
        static var normalized: JSONField { JSONField(15, "normalized") }
        static var diff: JSONField { JSONField(16, "diff") }
        static var contents: JSONField { JSONField(17, "tool_call_contents") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.toolCallID, in: &scanner) { self.toolCallID = try scanner.string() }
        if members.isNext(Field.parentToolCallID, in: &scanner) { self.parentToolCallID = try scanner.string() }
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.title, in: &scanner) { self.title = try scanner.string() }
        if members.isNext(Field.status, in: &scanner) { self.status = AgentToolStatus(rawValue: try scanner.string()) }
        if members.isNext(Field.normalized, in: &scanner) { self.normalized = try scanner.rawJSON() }
        if members.isNext(Field.diff, in: &scanner) { self.diff = try scanner.string() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.toolCallID.name, self.toolCallID)
        writer.memberIfPresent(Field.parentToolCallID.name, self.parentToolCallID)
        writer.memberIfNotZero(Field.name.name, self.name)
        writer.memberIfNotZero(Field.title.name, self.title)
        writer.memberIfNotZero(Field.status.name, self.status.rawValue)
        writer.memberIfPresent(Field.normalized.name, self.normalized)
        writer.memberIfNotZero(Field.diff.name, self.diff)
    }

    @inline(__always)
    mutating func readMiddle(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.contents, in: &scanner) { self.contents = try scanner.objects() }
    }

    func writeMiddle(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.contents.name, self.contents)
    }
}

/// The state of a tool call; an open set.
public struct AgentToolStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

    /// It has begun, or waits for a permission.
    public static let pending = Self(rawValue: "pending")

    /// It has ended.
    public static let complete = Self(rawValue: "complete")

    /// It was cancelled.
    public static let cancelled = Self(rawValue: "cancelled")
}
