public import WorkspaceProtocol

/// One element of a followed workspace: an event, or a word about what happened between the events.
///
/// After a reconnect the order is: the gap of the stream; then what could be recovered, with gaps of single scopes where
/// it could not; then live events. Nothing live comes before what was missed.
@nonexhaustive public enum FollowedElement: Sendable, Hashable {
    /// An event, as it came on the wire.
    case event(WorkspaceEvent)

    /// An event that was missed, and recovered from an answer of the HTTP API; it did not come on the wire.
    ///
    /// Its content is that of the answer. Its envelope has no timestamp.
    case recovered(WorkspaceEvent, by: RecoverySource)

    /// Something may be missing here.
    indirect case gap(Gap)

    /// The connection has changed.
    indirect case connection(FollowerState)
}

/// The answer from which a missed event was recovered.
///
/// An open set: more may be added in a minor version.
public struct RecoverySource: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
    /// A stable name, usable as a metric label.
    public var rawValue: String

    /// Creates a value.
    ///
    /// - Parameter rawValue: The name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The name.
    public var description: String { self.rawValue }

    /// The last output of the shell: `GET /api/v1/shell/buffer`.
    public static let shellBuffer = Self(rawValue: "shellBuffer")
    /// The last output of a process: `GET /api/v1/processes/:id`.
    public static let processOutput = Self(rawValue: "processOutput")
    /// The list of the processes, or the answer about one of them; also that a process is not there any more.
    public static let processList = Self(rawValue: "processList")
    /// The commits since the last one that was delivered: `GET /api/v1/git/log`.
    public static let gitLog = Self(rawValue: "gitLog")
    /// The status of a repository: `GET /api/v1/git/status` and `/status/multi`.
    public static let gitStatus = Self(rawValue: "gitStatus")
    /// No answer: a `refresh` in place of all file changes that may be missing.
    public static let refresh = Self(rawValue: "refresh")
}
