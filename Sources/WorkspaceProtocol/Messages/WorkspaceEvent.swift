/// One message of `/api/v1/workspace/stream`, as a client receives it.
///
/// A server builds it, too, and ``WorkspaceEventEncoder`` writes it. Every frame becomes an event, also one that nobody
/// understands. Events are cheap to move: large contents are behind a reference.
public struct WorkspaceEvent: Sendable, Hashable {
    /// What happened.
    public var content: Content

    /// When the server sent the message, in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// `nil` if the frame had no timestamp or was malformed; agentctl always sends one.
    public var timestamp: Int64? {
        get { self.hasTimestamp ? self.milliseconds : nil }
        set {
            self.hasTimestamp = newValue != nil
            self.milliseconds = newValue ?? 0
        }
    }

    // Not an optional: this one fits behind the content, and an event in 40 bytes.
    private var hasTimestamp: Bool
    private var milliseconds: Int64

    /// The frame, if it says more than the event.
    private let source: Source?

    /// Creates an event.
    ///
    /// - Parameters:
    ///   - content: What happened.
    ///   - timestamp: Milliseconds since 1970-01-01T00:00:00Z; `nil` for none.
    public init(_ content: Content, timestamp: Int64? = nil) {
        self.init(content, timestamp: timestamp, source: nil)
    }

    /// Creates the event of a frame.
    init(_ content: Content, timestamp: Int64?, source: Source?) {
        self.content = content
        self.hasTimestamp = timestamp != nil
        self.milliseconds = timestamp ?? 0
        self.source = source
    }

    /// The whole frame as it came, if it says more than the event holds; see ``deviations``.
    ///
    /// A message of an unknown type, and a malformed one, always have it. Else it is nil for whatever agentctl sends
    /// today, so that events need no memory for it; a frame that deviates is copied, and the copy pins nothing else. It
    /// says what came: changes to the event do not change it, ``WorkspaceEventEncoder`` does not write it, and events
    /// that differ in nothing else are equal.
    public var rawBytes: [UInt8]? {
        if let source = self.source { return source.bytes }
        return switch self.content {
        case .unknown(let message): Array(message.rawText.utf8)
        case .malformed(let message): message.rawBytes
        default: nil
        }
    }

    /// How the frame deviates from what the event holds; empty for a malformed frame, and for an event that came in none.
    ///
    /// The members of a message of an unknown type are not among ``Deviations/unreadMembers``: all are unknown.
    public var deviations: Deviations { self.source?.deviations ?? [] }

    /// Tells whether two events say the same.
    ///
    /// - Parameters:
    ///   - lhs: An event.
    ///   - rhs: Another event.
    /// - Returns: Whether contents and timestamps are equal.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.timestamp == rhs.timestamp && lhs.content == rhs.content
    }

    /// Hashes what is compared.
    ///
    /// - Parameter hasher: What takes it.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.content)
        hasher.combine(self.timestamp)
    }

    /// The `type` of the message; ``WorkspaceMessageType/malformed`` if the frame could not be read.
    public var type: WorkspaceMessageType { self.content.type }

    /// The repository the event is about, in a workspace of several.
    ///
    /// `nil` in a workspace of one, and for events that are not about a repository.
    public var repositoryName: String? {
        switch self.content {
        case .gitStatus(let status): status.repositoryName
        case .gitCommit(let commit): commit.repositoryName
        case .gitReset(let reset): reset.repositoryName
        case .branchSwitch(let branchSwitch): branchSwitch.repositoryName
        case .fileChange(let change): change.repositoryName
        default: nil
        }
    }
}
