/// What a process is for; `kind` of `process_output` and `process_status`.
///
/// An open set: an unknown value is kept as it is, and an absent one is the empty string. agentctl also sends an empty
/// kind if the process was started without one.
public struct ProcessKind: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public var rawValue: String

    /// Creates a value, known or not.
    ///
    /// - Parameter rawValue: The value on the wire.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The value on the wire.
    public var description: String { self.rawValue }

    /// The script that prepares a workspace.
    public static let setup = Self(rawValue: "setup")

    /// The script that cleans a workspace up.
    public static let cleanup = Self(rawValue: "cleanup")

    /// The development server.
    public static let dev = Self(rawValue: "dev")

    /// A script of the user.
    public static let custom = Self(rawValue: "custom")

    /// The agent's own terminal program.
    public static let agentPassthrough = Self(rawValue: "agent_passthrough")
}
