/// One attempt to give MCP servers to a session of the agent.
public struct AgentMCPAttempt: Sendable, Hashable {
    /// The attempt.
    public var attemptID = ""

    /// The task of the manager.
    public var taskID = ""

    /// The session of the manager.
    public var sessionID = ""

    /// The instance.
    public var executionID = ""

    /// The agent.
    public var agentID = ""

    /// The profile of the agent.
    public var agentProfileID = ""

    /// The session of the agent.
    public var agentSessionID = ""

    /// When it began.
    public var startedAt = RFC3339Timestamp(rawValue: "")

    /// When it changed last; agentctl sends year 1 for never.
    public var updatedAt = RFC3339Timestamp(rawValue: "")

    /// When another one took its place.
    public var supersededAt = RFC3339Timestamp(rawValue: "")

    /// The servers; an array.
    public var servers: RawJSON?

    /// What happened so far.
    public var evidence: [AgentMCPEvidence] = []

    /// What went wrong with the session.
    public var sessionError = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentMCPAttempt: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var attemptID: JSONField { JSONField(0, "attachment_attempt_id") }
        static var taskID: JSONField { JSONField(1, "task_id") }
        static var sessionID: JSONField { JSONField(2, "session_id") }
        static var executionID: JSONField { JSONField(3, "execution_id") }
        static var agentID: JSONField { JSONField(4, "agent_id") }
        static var agentProfileID: JSONField { JSONField(5, "agent_profile_id") }
        static var agentSessionID: JSONField { JSONField(6, "acp_session_id") }
        static var startedAt: JSONField { JSONField(7, "started_at") }
        static var updatedAt: JSONField { JSONField(8, "updated_at") }
        static var supersededAt: JSONField { JSONField(9, "superseded_at") }
        static var servers: JSONField { JSONField(10, "servers") }
        static var evidence: JSONField { JSONField(11, "evidence") }
        static var sessionError: JSONField { JSONField(12, "session_error") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.attemptID, in: &scanner) { self.attemptID = try scanner.string() }
        if members.isNext(Field.taskID, in: &scanner) { self.taskID = try scanner.string() }
        if members.isNext(Field.sessionID, in: &scanner) { self.sessionID = try scanner.string() }
        if members.isNext(Field.executionID, in: &scanner) { self.executionID = try scanner.string() }
        if members.isNext(Field.agentID, in: &scanner) { self.agentID = try scanner.string() }
        if members.isNext(Field.agentProfileID, in: &scanner) { self.agentProfileID = try scanner.string() }
        if members.isNext(Field.agentSessionID, in: &scanner) { self.agentSessionID = try scanner.string() }
        if members.isNext(Field.startedAt, in: &scanner) { self.startedAt = try scanner.timestamp() }
        if members.isNext(Field.updatedAt, in: &scanner) { self.updatedAt = try scanner.timestamp() }
        if members.isNext(Field.supersededAt, in: &scanner) { self.supersededAt = try scanner.timestamp() }
        if members.isNext(Field.servers, in: &scanner) { self.servers = try scanner.rawJSON() }
        if members.isNext(Field.evidence, in: &scanner) { self.evidence = try scanner.objects() }
        if members.isNext(Field.sessionError, in: &scanner) { self.sessionError = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.attemptID.name, self.attemptID)
        writer.memberIfNotZero(Field.taskID.name, self.taskID)
        writer.memberIfNotZero(Field.sessionID.name, self.sessionID)
        writer.memberIfNotZero(Field.executionID.name, self.executionID)
        writer.memberIfNotZero(Field.agentID.name, self.agentID)
        writer.memberIfNotZero(Field.agentProfileID.name, self.agentProfileID)
        writer.memberIfNotZero(Field.agentSessionID.name, self.agentSessionID)
        writer.member(Field.startedAt.name, self.startedAt.rawValue)
        writer.memberIfNotZero(Field.updatedAt.name, self.updatedAt.rawValue)
        writer.memberIfNotZero(Field.supersededAt.name, self.supersededAt.rawValue)
        writer.memberIfPresent(Field.servers.name, self.servers)
        writer.memberIfNotZero(Field.evidence.name, self.evidence)
        writer.memberIfNotZero(Field.sessionError.name, self.sessionError)
    }
}
