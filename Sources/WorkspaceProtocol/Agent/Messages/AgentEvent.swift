/// One event of `/api/v1/agent/stream`: what the agent says and does.
///
/// Every message that is neither a request nor an answer becomes an event, even one that cannot be understood. Events
/// are cheap to move: large contents are behind a reference.
public struct AgentEvent: Sendable, Hashable {
    /// What happened.
    public var content: Content

    /// The members that every event can have.
    var common: Common

    /// The frame, if it says more than the event.
    private let source: WorkspaceEvent.Source?

    struct Common: Sendable, Hashable {
        var sessionID: String?
        var operationID: String?
        var promptGeneration: Int64?
        var turnID: String?
        var data: RawJSON?
    }

    /// Creates an event.
    ///
    /// - Parameter content: What happened.
    public init(_ content: Content) { self.init(content, Common()) }

    init(_ content: Content, _ common: Common, source: WorkspaceEvent.Source? = nil) {
        (self.content, self.common, self.source) = (content, common, source)
    }

    /// The session: that of the agent, but that of the manager in `permission_request` and `permission_cancelled`.
    public var sessionID: String? {
        get { self.common.sessionID }
        set { self.common.sessionID = newValue }
    }

    /// The operation, if the agent names one.
    public var operationID: String? {
        get { self.common.operationID }
        set { self.common.operationID = newValue }
    }

    /// The number of the prompt that began the turn; only `complete` and `error` have it.
    public var promptGeneration: Int64? {
        get { self.common.promptGeneration }
        set { self.common.promptGeneration = newValue }
    }

    /// The turn, if the manager has given it a name.
    public var turnID: String? {
        get { self.common.turnID }
        set { self.common.turnID = newValue }
    }

    /// More about the event: an object whose members depend on its type and the agent.
    public var data: RawJSON? {
        get { self.common.data }
        set { self.common.data = newValue }
    }

    /// The `type` of the message; ``AgentEventType/malformed`` if the frame could not be read.
    public var type: AgentEventType { self.content.type }

    /// The whole frame as it was received, if it says more than the event holds; see ``deviations``.
    ///
    /// An unknown message and a malformed message always have it. It is a copy and keeps no other memory alive. Changes
    /// to the event do not change it, and `==` ignores it.
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
    public var deviations: WorkspaceEvent.Deviations { self.source?.deviations ?? [] }

    /// Tells whether two events have the same contents.
    ///
    /// - Parameters:
    ///   - lhs: An event.
    ///   - rhs: Another event.
    /// - Returns: Whether all members are equal.
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.content == rhs.content && lhs.common == rhs.common }

    /// Hashes the parts that `==` compares.
    ///
    /// - Parameter hasher: The hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.content)
        hasher.combine(self.common)
    }
}

extension AgentEvent {
    /// Why the turn ended: `data.stop_reason` of a `complete`; nil if it is absent.
    public var stopReason: AgentStopReason? {
        self.data?["stop_reason"]?.string.map { AgentStopReason(rawValue: $0) }
    }

    /// The exit code of the agent's process: `data.exit_code` of the second `error` of a crash; else nil.
    public var exitCode: Int64? { self.data?["exit_code"]?.integer }

    /// The last lines that the agent's process wrote to its standard error: `data.recent_stderr`; empty if absent.
    public var recentStandardError: [String] { self.data?["recent_stderr"]?.elements?.compactMap(\.string) ?? [] }
}

extension AgentFailure {
    /// The error as JSON, if its text is an object: `code`, `message` and `data` of the agent's own protocol; else nil.
    public var json: RawJSON? {
        guard self.text.utf8.first == UInt8(ascii: "{") else { return nil }
        return try? RawJSON(self.text)
    }

    /// The code of the agent's own protocol, such as -32000; nil if the text is not JSON.
    public var code: Int64? { self.json?["code"]?.integer }

    /// What is wrong, for people: the `message` of ``json``, or the text.
    public var message: String { self.json?["message"]?.string ?? self.text }
}

extension AgentCapabilities {
    /// Whether a prompt may have images.
    public var supportsImages: Bool {
        get { self.supports.contains(.images) }
        set { self.set(.images, newValue) }
    }

    /// Whether a prompt may have audio.
    public var supportsAudio: Bool {
        get { self.supports.contains(.audio) }
        set { self.set(.audio, newValue) }
    }

    /// Whether a prompt may have resources in it.
    public var supportsEmbeddedContext: Bool {
        get { self.supports.contains(.embeddedContext) }
        set { self.set(.embeddedContext, newValue) }
    }

    /// Whether the agent takes a prompt while another one is under way.
    public var supportsPromptQueueing: Bool {
        get { self.supports.contains(.promptQueueing) }
        set { self.set(.promptQueueing, newValue) }
    }

    private mutating func set(_ element: AgentSupports, _ isMember: Bool) {
        if isMember { self.supports.insert(element) } else { self.supports.remove(element) }
    }
}
