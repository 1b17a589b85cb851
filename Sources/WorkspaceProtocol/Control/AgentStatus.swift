/// What the agent of a runtime does; `agent_status` of `GET /api/v1/status`.
///
/// An open set: an unknown value is kept as it is, and an absent one is the empty string.
public struct AgentStatus: RawRepresentable, Codable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public var rawValue: String

    /// Creates a value, known or not.
    ///
    /// - Parameter rawValue: The value on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The value on the wire.
    public var description: String { self.rawValue }

    /// The agent does not run: it was not started, was stopped, or has ended.
    public static let stopped = Self(rawValue: "stopped")
    /// The agent is being started.
    public static let starting = Self(rawValue: "starting")
    /// The agent runs.
    public static let running = Self(rawValue: "running")
    /// The agent waits.
    public static let paused = Self(rawValue: "paused")
    /// The agent is being stopped.
    public static let stopping = Self(rawValue: "stopping")
    /// The agent could not be started, or failed.
    public static let error = Self(rawValue: "error")
}
