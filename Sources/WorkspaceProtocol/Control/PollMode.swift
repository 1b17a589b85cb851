/// How often agentctl looks at files and git; `mode` of `POST /api/v1/workspace/poll-mode`.
///
/// An open set: an unknown value is kept as it is. agentctl refuses an unknown one with 400.
public struct PollMode: RawRepresentable, Codable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public var rawValue: String

    /// Creates a value, known or not.
    ///
    /// - Parameter rawValue: The value on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The value on the wire.
    public var description: String { self.rawValue }

    /// Files every 2 s, git every 3 s.
    ///
    /// A new instance is fast, and becomes slow after 60 s in which no client has set a mode.
    public static let fast = Self(rawValue: "fast")
    /// Files and git every 30 s.
    public static let slow = Self(rawValue: "slow")
    /// No looking: the workspace stream has no events of files and git.
    public static let paused = Self(rawValue: "paused")
}

/// The body of `POST /api/v1/workspace/poll-mode`, and of its answer.
public struct PollModeBody: Codable, Sendable, Hashable {
    /// The mode to set, or the mode that is set.
    public var mode: PollMode

    /// Creates a body.
    ///
    /// - Parameter mode: See ``mode``.
    public init(mode: PollMode) { self.mode = mode }

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        self.mode = try decoder.container(keyedBy: CodingKeys.self).value(.mode, or: PollMode(rawValue: ""))
    }

    private enum CodingKeys: String, CodingKey { case mode }
}
