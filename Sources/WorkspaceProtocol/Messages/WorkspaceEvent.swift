/// One message of `/api/v1/workspace/stream`, as a client receives it.
///
/// A server builds events, too, and ``WorkspaceEventEncoder`` writes them. Every frame becomes an event, even a frame
/// that cannot be understood. Events are cheap to move: large contents are behind a reference.
public struct WorkspaceEvent: Sendable, Hashable {
    /// What happened.
    public var content: Content

    /// When the server sent the message, in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// `nil` if the frame had no timestamp or was malformed; agentctl always sends a timestamp.
    public var timestamp: Int64? {
        get { self.hasTimestamp ? self.milliseconds : nil }
        set {
            self.hasTimestamp = newValue != nil
            self.milliseconds = newValue ?? 0
        }
    }

    // Not an optional: in this form it fits after the content, so that an event has 40 bytes.
    private var hasTimestamp: Bool
    private var milliseconds: Int64

    /// The frame, if it says more than the event, or if the decoder keeps all frames.
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

    /// The whole frame as it was received, if it says more than the event holds; see ``deviations``.
    ///
    /// An unknown message and a malformed message always have it. For every other message that agentctl sends today it
    /// is nil, so those events need no memory for it. A frame that deviates is copied, and the copy keeps no other
    /// memory alive. Changes to the event do not change it, ``WorkspaceEventEncoder`` does not write it, and `==`
    /// ignores it.
    public var rawBytes: [UInt8]? {
        if let source = self.source { return source.bytes }
        return switch self.content {
        case .unknown(let message): Array(message.rawText.utf8)
        case .malformed(let message): message.rawBytes
        default: nil
        }
    }

    /// How the frame differs from its event; empty for a malformed frame, and for an event that did not come in a
    /// frame.
    ///
    /// The members of an unknown message do not count as ``Deviations/unreadMembers``, because all of them are unknown.
    public var deviations: Deviations { self.source?.deviations ?? [] }

    /// Tells whether two events have the same content and timestamp.
    ///
    /// - Parameters:
    ///   - lhs: An event.
    ///   - rhs: Another event.
    /// - Returns: Whether contents and timestamps are equal.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.timestamp == rhs.timestamp && lhs.content == rhs.content
    }

    /// Hashes the parts that `==` compares.
    ///
    /// - Parameter hasher: The hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.content)
        hasher.combine(self.timestamp)
    }

    /// The `type` of the message; ``WorkspaceMessageType/malformed`` if the frame could not be read.
    public var type: WorkspaceMessageType { self.content.type }

    /// The repository of the event, in a workspace with several repositories.
    ///
    /// `nil` in a workspace with one repository, and for events that are not about a repository.
    public var repositoryName: String? { self.content.repositoryName }
}

extension WorkspaceEvent {
    /// How a frame differs from its event; then ``WorkspaceEvent/rawBytes`` has the whole frame.
    public struct Deviations: OptionSet, Sendable, Hashable {
        /// One bit for each deviation.
        public let rawValue: UInt8

        /// Creates a set.
        ///
        /// - Parameter rawValue: One bit for each deviation.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The frame has members that the event does not hold.
        ///
        /// They are unknown members, for example of a newer server, or members that the type does not use. They may
        /// also be repeated members, of which only the first counts.
        public static let unreadMembers = Self(rawValue: 1)

        /// Some text has U+FFFD in place of half of a surrogate pair, or of bytes that are not UTF-8.
        public static let repairedText = Self(rawValue: 2)

        /// An integer has another spelling than the encoder would write, such as `1e3`, `1.0` or `-0`.
        public static let spelledNumbers = Self(rawValue: 4)
    }

    /// A frame that says more than its event, or that was kept.
    final class Source: Sendable {
        let bytes: [UInt8]
        let deviations: Deviations

        init(bytes: [UInt8], deviations: Deviations) {
            self.bytes = bytes
            self.deviations = deviations
        }
    }
}
