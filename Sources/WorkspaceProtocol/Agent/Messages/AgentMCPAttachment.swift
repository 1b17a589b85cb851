/// What became of the MCP servers of a session.
///
/// Source: `/api/v1/agent/stream`, event `mcp_attachment`; the first one of an attempt has ``attempt``, the others
/// have ``evidence``.
public struct AgentMCPAttachment: Sendable, Hashable {
    /// What happened to one server.
    public var evidence: AgentMCPEvidence?

    /// An attempt that begins.
    public var attempt: AgentMCPAttempt?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentMCPAttachment: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var evidence: JSONField { JSONField(10, "mcp_attachment") }
        static var attempt: JSONField { JSONField(11, "mcp_attachment_attempt") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.evidence, in: &scanner) { self.evidence = try scanner.object() }
        if members.isNext(Field.attempt, in: &scanner) { self.attempt = try scanner.object() }
    }

    func writeFront(to writer: inout JSONWriter) {
        if let value = self.evidence { writer.member(Field.evidence.name, value) }
        if let value = self.attempt { writer.member(Field.attempt.name, value) }
    }
}

/// One thing that happened to an MCP server.
public struct AgentMCPEvidence: Sendable, Hashable {
    /// The attempt.
    public var attemptID = ""

    /// The server.
    public var serverName = ""

    /// What happened, such as `configured`, `filtered`, `delivered` or `explicit_error`.
    public var kind = ""

    /// When.
    public var occurredAt = RFC3339Timestamp(rawValue: "")

    /// Who wanted the server: `kandev` or `profile`.
    public var source = ""

    /// How the server is reached, such as `http` or `sse`.
    public var transport = ""

    /// Where the server is.
    public var target = ""

    /// The connection to the server.
    public var connectionID = ""

    /// The number of its tools.
    public var toolCount = 0

    /// Its tools; an array.
    public var tools: RawJSON?

    /// How the size of the tools was estimated.
    public var toolTokenEstimator = ""

    /// Why, such as `http_unsupported`.
    public var reasonCode = ""

    /// Why, for people.
    public var summary = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentMCPEvidence: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var attemptID: JSONField { JSONField(0, "attachment_attempt_id") }
        static var serverName: JSONField { JSONField(1, "server_name") }
        static var kind: JSONField { JSONField(2, "kind") }
        static var occurredAt: JSONField { JSONField(3, "occurred_at") }
        static var source: JSONField { JSONField(4, "source") }
        static var transport: JSONField { JSONField(5, "transport") }
        static var target: JSONField { JSONField(6, "target") }
        static var connectionID: JSONField { JSONField(7, "connection_id") }
        static var toolCount: JSONField { JSONField(8, "tool_count") }
        static var tools: JSONField { JSONField(9, "tools") }
        static var toolTokenEstimator: JSONField { JSONField(10, "tool_token_estimator") }
        static var reasonCode: JSONField { JSONField(11, "reason_code") }
        static var summary: JSONField { JSONField(12, "summary") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.attemptID, in: &scanner) { self.attemptID = try scanner.string() }
        if members.isNext(Field.serverName, in: &scanner) { self.serverName = try scanner.string() }
        if members.isNext(Field.kind, in: &scanner) { self.kind = try scanner.string() }
        if members.isNext(Field.occurredAt, in: &scanner) { self.occurredAt = try scanner.timestamp() }
        if members.isNext(Field.source, in: &scanner) { self.source = try scanner.string() }
        if members.isNext(Field.transport, in: &scanner) { self.transport = try scanner.string() }
        if members.isNext(Field.target, in: &scanner) { self.target = try scanner.string() }
        if members.isNext(Field.connectionID, in: &scanner) { self.connectionID = try scanner.string() }
        if members.isNext(Field.toolCount, in: &scanner) { self.toolCount = try scanner.int() }
        if members.isNext(Field.tools, in: &scanner) { self.tools = try scanner.rawJSON() }
        if members.isNext(Field.toolTokenEstimator, in: &scanner) { self.toolTokenEstimator = try scanner.string() }
        if members.isNext(Field.reasonCode, in: &scanner) { self.reasonCode = try scanner.string() }
        if members.isNext(Field.summary, in: &scanner) { self.summary = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.attemptID.name, self.attemptID)
        writer.memberIfNotZero(Field.serverName.name, self.serverName)
        writer.member(Field.kind.name, self.kind)
        writer.member(Field.occurredAt.name, self.occurredAt.rawValue)
        writer.memberIfNotZero(Field.source.name, self.source)
        writer.memberIfNotZero(Field.transport.name, self.transport)
        writer.memberIfNotZero(Field.target.name, self.target)
        writer.memberIfNotZero(Field.connectionID.name, self.connectionID)
        writer.memberIfNotZero(Field.toolCount.name, self.toolCount)
        writer.memberIfPresent(Field.tools.name, self.tools)
        writer.memberIfNotZero(Field.toolTokenEstimator.name, self.toolTokenEstimator)
        writer.memberIfNotZero(Field.reasonCode.name, self.reasonCode)
        writer.memberIfNotZero(Field.summary.name, self.summary)
    }
}
