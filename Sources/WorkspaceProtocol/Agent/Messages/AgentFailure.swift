/// An error of the agent, or the end of its process.
///
/// Source: `/api/v1/agent/stream`, event `error`. After a crash there are two: one of the turn, then one of the
/// process, whose ``AgentEvent/data`` has
/// `exit_code` and `recent_stderr`.
public struct AgentFailure: Sendable, Hashable {
    /// The error as it was sent; often it is JSON in a string, see ``AgentFailure/json``.
    public var text = ""

    /// What the provider of the model said.
    public var providerError: AgentProviderError?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentFailure: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var text: JSONField { JSONField(10, "error") }
        static var providerError: JSONField { JSONField(11, "provider_error") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.providerError, in: &scanner) { self.providerError = try scanner.object() }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.text.name, self.text)
        if let value = self.providerError { writer.member(Field.providerError.name, value) }
    }
}

/// What the provider of a model said about a failure.
public struct AgentProviderError: Sendable, Hashable {
    /// Where agentctl found it.
    public var source = ""

    /// The provider.
    public var providerID = ""

    /// The model.
    public var modelID = ""

    /// The code of the agent's protocol; 0 if there is none.
    public var rpcCode = 0

    /// The kind of error that the agent names.
    public var errorKind = ""

    /// What is wrong, for people.
    public var message = ""

    /// A page that says what to do.
    public var remediationURL = ""

    /// When it happened.
    public var occurredAt = RFC3339Timestamp(rawValue: "")

    /// When a limit ends.
    public var resetAt = RFC3339Timestamp(rawValue: "")

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentProviderError: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var source: JSONField { JSONField(0, "source") }
        static var providerID: JSONField { JSONField(1, "provider_id") }
        static var modelID: JSONField { JSONField(2, "model_id") }
        static var rpcCode: JSONField { JSONField(3, "rpc_code") }
        static var errorKind: JSONField { JSONField(4, "error_kind") }
        static var message: JSONField { JSONField(5, "message") }
        static var remediationURL: JSONField { JSONField(6, "remediation_url") }
        static var occurredAt: JSONField { JSONField(7, "occurred_at") }
        static var resetAt: JSONField { JSONField(8, "reset_at") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.source, in: &scanner) { self.source = try scanner.string() }
        if members.isNext(Field.providerID, in: &scanner) { self.providerID = try scanner.string() }
        if members.isNext(Field.modelID, in: &scanner) { self.modelID = try scanner.string() }
        if members.isNext(Field.rpcCode, in: &scanner) { self.rpcCode = try scanner.int() }
        if members.isNext(Field.errorKind, in: &scanner) { self.errorKind = try scanner.string() }
        if members.isNext(Field.message, in: &scanner) { self.message = try scanner.string() }
        if members.isNext(Field.remediationURL, in: &scanner) { self.remediationURL = try scanner.string() }
        if members.isNext(Field.occurredAt, in: &scanner) { self.occurredAt = try scanner.timestamp() }
        if members.isNext(Field.resetAt, in: &scanner) { self.resetAt = try scanner.timestamp() }
    }

    func write(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.source.name, self.source)
        writer.memberIfNotZero(Field.providerID.name, self.providerID)
        writer.memberIfNotZero(Field.modelID.name, self.modelID)
        writer.memberIfNotZero(Field.rpcCode.name, self.rpcCode)
        writer.memberIfNotZero(Field.errorKind.name, self.errorKind)
        writer.memberIfNotZero(Field.message.name, self.message)
        writer.memberIfNotZero(Field.remediationURL.name, self.remediationURL)
        writer.memberIfNotZero(Field.occurredAt.name, self.occurredAt.rawValue)
        writer.memberIfNotZero(Field.resetAt.name, self.resetAt.rawValue)
    }
}
