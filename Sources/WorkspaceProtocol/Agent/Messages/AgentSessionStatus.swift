/// A session of the agent has begun.
///
/// Source: `/api/v1/agent/stream`, event `session_status`.
public struct AgentSessionStatus: Sendable, Hashable {
    /// How it has begun.
    public var status = AgentSessionOrigin(rawValue: "")

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentSessionStatus: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var status: JSONField { JSONField(10, "session_status") }
    }

    @inline(__always)
    mutating func readFront(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.status, in: &scanner) {
            self.status = AgentSessionOrigin(rawValue: try scanner.string())
        }
    }

    func writeFront(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.status.name, self.status.rawValue)
    }
}

/// How a session has begun; an open set.
public struct AgentSessionOrigin: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

    /// It is new.
    public static let new = Self(rawValue: "new")

    /// An older session goes on.
    public static let resumed = Self(rawValue: "resumed")
}

/// What a session is about.
///
/// Source: `/api/v1/agent/stream`, event `session_info`.
public struct AgentSessionDescription: Sendable, Hashable {
    /// The title.
    public var title = ""

    /// When it was used last.
    public var updatedAt = RFC3339Timestamp(rawValue: "")

    /// More about it, in the form of the agent.
    public var metadata: RawJSON?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentSessionDescription: AgentPayload {
    /// The members, in agentctl's order; the numbers before them are those of all events.
    enum Field {
        static var title: JSONField { JSONField(10, "session_title") }
        static var updatedAt: JSONField { JSONField(11, "session_updated_at") }
        static var metadata: JSONField { JSONField(12, "session_meta") }
    }

    @inline(__always)
    mutating func readBack(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.title, in: &scanner) { self.title = try scanner.string() }
        if members.isNext(Field.updatedAt, in: &scanner) { self.updatedAt = try scanner.timestamp() }
        if members.isNext(Field.metadata, in: &scanner) { self.metadata = try scanner.rawJSON() }
    }

    func writeBack(to writer: inout JSONWriter) {
        writer.memberIfNotZero(Field.title.name, self.title)
        writer.memberIfNotZero(Field.updatedAt.name, self.updatedAt.rawValue)
        writer.memberIfPresent(Field.metadata.name, self.metadata)
    }
}
