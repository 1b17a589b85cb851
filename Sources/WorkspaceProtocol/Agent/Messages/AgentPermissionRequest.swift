/// The agent asks whether it may do something, and waits for the answer.
///
/// Source: `/api/v1/agent/stream`, event `permission_request`. Its ``AgentEvent/sessionID`` is that of the manager,
/// not that of the agent.
public struct AgentPermissionRequest: Sendable, Hashable {
    /// The tool call that waits.
    public var toolCallID = ""

    /// The request; made by agentctl.
    public var requestID = ""

    /// The place in agentctl's list: `<session>-<tool>-<nanoseconds>`.
    public var pendingID = ""

    /// What the agent wants, for people.
    public var title = ""

    /// The possible answers.
    public var options: [AgentPermissionOption] = []

    /// What it wants to do: `command`, `file_write`, `file_read`, `network`, `mcp_tool` or `other`.
    public var actionType = ""

    /// What exactly it wants to do; an object that depends on the type and the agent.
    public var actionDetails: RawJSON?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentPermissionRequest: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var toolCallID: JSONField { JSONField(10, "tool_call_id") }
        static var requestID: JSONField { JSONField(11, "request_id") }
        static var pendingID: JSONField { JSONField(12, "pending_id") }
        static var title: JSONField { JSONField(13, "permission_title") }
        static var options: JSONField { JSONField(14, "permission_options") }
        static var actionType: JSONField { JSONField(15, "action_type") }
        static var actionDetails: JSONField { JSONField(16, "action_details") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.toolCallID, in: &scanner) { self.toolCallID = try scanner.string() }
        if members.isNext(Field.requestID, in: &scanner) { self.requestID = try scanner.string() }
        if members.isNext(Field.pendingID, in: &scanner) { self.pendingID = try scanner.string() }
        if members.isNext(Field.title, in: &scanner) { self.title = try scanner.string() }
        if members.isNext(Field.options, in: &scanner) { self.options = try scanner.objects() }
        if members.isNext(Field.actionType, in: &scanner) { self.actionType = try scanner.string() }
        if members.isNext(Field.actionDetails, in: &scanner) { self.actionDetails = try scanner.rawJSON() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.toolCallID.name, self.toolCallID)
        writer.memberIfNotZero(Field.requestID.name, self.requestID)
        writer.memberIfNotZero(Field.pendingID.name, self.pendingID)
        writer.memberIfNotZero(Field.title.name, self.title)
        writer.memberIfNotZero(Field.options.name, self.options)
        writer.memberIfNotZero(Field.actionType.name, self.actionType)
        writer.memberIfPresent(Field.actionDetails.name, self.actionDetails)
    }
}

/// One possible answer to a permission request.
public struct AgentPermissionOption: Sendable, Hashable {
    /// The value to answer with.
    public var optionID = ""

    /// The answer, for people.
    public var name = ""

    /// What it means.
    public var kind = AgentPermissionKind(rawValue: "")

    /// More about it, in the form of the agent.
    public var metadata: RawJSON?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentPermissionOption: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var optionID: JSONField { JSONField(0, "option_id") }
        static var name: JSONField { JSONField(1, "name") }
        static var kind: JSONField { JSONField(2, "kind") }
        static var metadata: JSONField { JSONField(3, "metadata") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.optionID, in: &scanner) { self.optionID = try scanner.string() }
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.kind, in: &scanner) { self.kind = AgentPermissionKind(rawValue: try scanner.string()) }
        if members.isNext(Field.metadata, in: &scanner) { self.metadata = try scanner.rawJSON() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.optionID.name, self.optionID)
        writer.member(Field.name.name, self.name)
        writer.member(Field.kind.name, self.kind.rawValue)
        writer.memberIfPresent(Field.metadata.name, self.metadata)
    }
}

/// What an answer to a permission request means; an open set.
public struct AgentPermissionKind: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

    /// It may, this time.
    public static let allowOnce = Self(rawValue: "allow_once")

    /// It may, always.
    public static let allowAlways = Self(rawValue: "allow_always")

    /// It may not, this time.
    public static let rejectOnce = Self(rawValue: "reject_once")

    /// It may never.
    public static let rejectAlways = Self(rawValue: "reject_always")
}

/// A permission request that needs no answer any more.
///
/// Source: `/api/v1/agent/stream`, event `permission_cancelled`. It can come after the end of the turn.
public struct AgentPermissionCancellation: Sendable, Hashable {
    /// The tool call.
    public var toolCallID: String?

    /// The request.
    public var requestID = ""

    /// Its place in agentctl's list.
    public var pendingID = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentPermissionCancellation: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var toolCallID: JSONField { JSONField(10, "tool_call_id") }
        static var requestID: JSONField { JSONField(11, "request_id") }
        static var pendingID: JSONField { JSONField(12, "pending_id") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.toolCallID, in: &scanner) { self.toolCallID = try scanner.string() }
        if members.isNext(Field.requestID, in: &scanner) { self.requestID = try scanner.string() }
        if members.isNext(Field.pendingID, in: &scanner) { self.pendingID = try scanner.string() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfPresent(Field.toolCallID.name, self.toolCallID)
        writer.memberIfNotZero(Field.requestID.name, self.requestID)
        writer.memberIfNotZero(Field.pendingID.name, self.pendingID)
    }
}
