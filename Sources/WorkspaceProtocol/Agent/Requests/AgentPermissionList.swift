/// A permission request that still waits for its answer.
///
/// Source: the answer to `agent.permissions.list`.
public struct AgentPendingPermission: Sendable, Hashable {
    /// The task of the manager.
    public var taskID = ""

    /// The session of the manager.
    public var sessionID = ""

    /// The request.
    public var requestID = ""

    /// Its place in agentctl's list.
    public var pendingID = ""

    /// The tool call that waits.
    public var toolCallID = ""

    /// What the agent wants, for people.
    public var title = ""

    /// What it wants to do; an object with `type`, `description`, `command` and `redacted`.
    public var action: RawJSON?

    /// The possible answers.
    public var options: [AgentPermissionOption] = []

    /// When the agent asked.
    public var createdAt = RFC3339Timestamp(rawValue: "")

    /// `pending`.
    public var status = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentPendingPermission: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var taskID: JSONField { JSONField(0, "task_id") }
        static var sessionID: JSONField { JSONField(1, "session_id") }
        static var requestID: JSONField { JSONField(2, "request_id") }
        static var pendingID: JSONField { JSONField(3, "pending_id") }
        static var toolCallID: JSONField { JSONField(4, "tool_call_id") }
        static var title: JSONField { JSONField(5, "title") }
        static var action: JSONField { JSONField(6, "action") }
        static var options: JSONField { JSONField(7, "options") }
        static var createdAt: JSONField { JSONField(8, "created_at") }
        static var status: JSONField { JSONField(9, "status") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.taskID, in: &scanner) { self.taskID = try scanner.string() }
        if members.isNext(Field.sessionID, in: &scanner) { self.sessionID = try scanner.string() }
        if members.isNext(Field.requestID, in: &scanner) { self.requestID = try scanner.string() }
        if members.isNext(Field.pendingID, in: &scanner) { self.pendingID = try scanner.string() }
        if members.isNext(Field.toolCallID, in: &scanner) { self.toolCallID = try scanner.string() }
        if members.isNext(Field.title, in: &scanner) { self.title = try scanner.string() }
        if members.isNext(Field.action, in: &scanner) { self.action = try scanner.rawJSON() }
        if members.isNext(Field.options, in: &scanner) { self.options = try scanner.objects() }
        if members.isNext(Field.createdAt, in: &scanner) { self.createdAt = try scanner.timestamp() }
        if members.isNext(Field.status, in: &scanner) { self.status = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.taskID.name, self.taskID)
        writer.memberIfNotZero(Field.sessionID.name, self.sessionID)
        writer.memberIfNotZero(Field.requestID.name, self.requestID)
        writer.memberIfNotZero(Field.pendingID.name, self.pendingID)
        writer.memberIfNotZero(Field.toolCallID.name, self.toolCallID)
        writer.memberIfNotZero(Field.title.name, self.title)
        writer.memberIfPresent(Field.action.name, self.action)
        writer.member(Field.options.name, self.options)
        writer.member(Field.createdAt.name, self.createdAt.rawValue)
        writer.memberIfNotZero(Field.status.name, self.status)
    }
}

/// The permission requests that wait for an answer.
///
/// Source: the answer to `agent.permissions.list`.
public struct AgentPermissionList: AgentAnswer, Hashable {
    /// The requests.
    public var permissions: [AgentPendingPermission] = []

    /// Their number.
    public var total = 0

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

extension AgentPermissionList: JSONReadable {
    /// The members, in agentctl's order.
    enum Field {
        static var permissions: JSONField { JSONField(0, "permissions") }
        static var total: JSONField { JSONField(1, "total") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.permissions, in: &scanner) { self.permissions = try scanner.objects() }
        if members.isNext(Field.total, in: &scanner) { self.total = try scanner.int() }
    }
}

/// What became of a permission request.
///
/// Source: the answer to `agent.permissions.resolve` and `agent.permissions.cancel`.
public struct AgentPermissionResolution: AgentAnswer, Hashable {
    /// The request.
    public var requestID = ""

    /// Its place in agentctl's list.
    public var pendingID = ""

    /// The answer; nil if there is none.
    public var optionID: String?

    /// What the answer means; nil if there is none.
    public var optionKind: String?

    /// `resolved` or `cancelled`.
    public var status = ""

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

extension AgentPermissionResolution: JSONReadable {
    /// The members, in agentctl's order.
    enum Field {
        static var requestID: JSONField { JSONField(0, "request_id") }
        static var pendingID: JSONField { JSONField(1, "pending_id") }
        static var optionID: JSONField { JSONField(2, "option_id") }
        static var optionKind: JSONField { JSONField(3, "option_kind") }
        static var status: JSONField { JSONField(4, "status") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.requestID, in: &scanner) { self.requestID = try scanner.string() }
        if members.isNext(Field.pendingID, in: &scanner) { self.pendingID = try scanner.string() }
        if members.isNext(Field.optionID, in: &scanner) { self.optionID = try scanner.string() }
        if members.isNext(Field.optionKind, in: &scanner) { self.optionKind = try scanner.string() }
        if members.isNext(Field.status, in: &scanner) { self.status = try scanner.string() }
    }
}
