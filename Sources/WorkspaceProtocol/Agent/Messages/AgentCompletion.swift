/// The end of a turn.
///
/// Source: `/api/v1/agent/stream`, event `complete`. ``AgentEvent/data`` has the reason, see
/// ``AgentEvent/stopReason``.
public struct AgentCompletion: Sendable, Hashable {
    /// The tokens that the turn used.
    public var usage: AgentUsage?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentCompletion: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var usage: JSONField { JSONField(10, "usage") }
    }

    @inline(__always)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.usage, in: &scanner) { self.usage = try scanner.object() }
    }

    func writeBack(to writer: inout JSONWriter) {
        if let value = self.usage { writer.member(Field.usage.name, value) }
    }
}

/// The tokens that a turn used.
public struct AgentUsage: Sendable, Hashable {
    /// Tokens read.
    public var inputTokens = 0

    /// Tokens written; see ``hasOutputTokens``.
    public var outputTokens = 0

    /// Whether ``outputTokens`` is known; if not, it is 0.
    public var hasOutputTokens = false

    /// Tokens read from a cache.
    public var cachedReadTokens = 0

    /// Tokens written to a cache.
    public var cachedWriteTokens = 0

    /// Tokens of thoughts.
    public var thoughtTokens = 0

    /// All tokens.
    public var totalTokens = 0

    /// The cost that the provider names, in hundredths of a cent.
    public var reportedCost = 0

    /// Whether ``reportedCost`` is known; if not, it is 0.
    public var hasReportedCost = false

    /// Whether the numbers are an estimate.
    public var isEstimated = false

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentUsage: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var inputTokens: JSONField { JSONField(0, "input_tokens") }
        static var outputTokens: JSONField { JSONField(1, "output_tokens") }
        static var hasOutputTokens: JSONField { JSONField(2, "output_tokens_present") }
        static var cachedReadTokens: JSONField { JSONField(3, "cached_read_tokens") }
        static var cachedWriteTokens: JSONField { JSONField(4, "cached_write_tokens") }
        static var thoughtTokens: JSONField { JSONField(5, "thought_tokens") }
        static var totalTokens: JSONField { JSONField(6, "total_tokens") }
        static var reportedCost: JSONField { JSONField(7, "provider_reported_cost_subcents") }
        static var hasReportedCost: JSONField { JSONField(8, "provider_reported_cost_present") }
        static var isEstimated: JSONField { JSONField(9, "estimated") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.inputTokens, in: &scanner) { self.inputTokens = try scanner.int() }
        if members.isNext(Field.outputTokens, in: &scanner) { self.outputTokens = try scanner.int() }
        if members.isNext(Field.hasOutputTokens, in: &scanner) { self.hasOutputTokens = try scanner.bool() }
        if members.isNext(Field.cachedReadTokens, in: &scanner) { self.cachedReadTokens = try scanner.int() }
        if members.isNext(Field.cachedWriteTokens, in: &scanner) { self.cachedWriteTokens = try scanner.int() }
        if members.isNext(Field.thoughtTokens, in: &scanner) { self.thoughtTokens = try scanner.int() }
        if members.isNext(Field.totalTokens, in: &scanner) { self.totalTokens = try scanner.int() }
        if members.isNext(Field.reportedCost, in: &scanner) { self.reportedCost = try scanner.int() }
        if members.isNext(Field.hasReportedCost, in: &scanner) { self.hasReportedCost = try scanner.bool() }
        if members.isNext(Field.isEstimated, in: &scanner) { self.isEstimated = try scanner.bool() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.inputTokens.name, self.inputTokens)
        writer.member(Field.outputTokens.name, self.outputTokens)
        writer.member(Field.hasOutputTokens.name, self.hasOutputTokens)
        writer.memberIfNotZero(Field.cachedReadTokens.name, self.cachedReadTokens)
        writer.memberIfNotZero(Field.cachedWriteTokens.name, self.cachedWriteTokens)
        writer.memberIfNotZero(Field.thoughtTokens.name, self.thoughtTokens)
        writer.member(Field.totalTokens.name, self.totalTokens)
        writer.memberIfNotZero(Field.reportedCost.name, self.reportedCost)
        writer.memberIfNotZero(Field.hasReportedCost.name, self.hasReportedCost)
        writer.memberIfNotZero(Field.isEstimated.name, self.isEstimated)
    }
}

/// Why a turn ended; an open set.
public struct AgentStopReason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

    /// The agent was done.
    public static let endTurn = Self(rawValue: "end_turn")

    /// It was cancelled.
    public static let cancelled = Self(rawValue: "cancelled")

    /// The limit of tokens was reached.
    public static let maximumTokens = Self(rawValue: "max_tokens")

    /// The agent refused.
    public static let refusal = Self(rawValue: "refusal")
}
