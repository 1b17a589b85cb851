/// What a stream has counted since it was opened.
public struct WorkspaceStreamStatistics: Sendable, Hashable {
    /// Events of any kind, those below included.
    public var events = 0
    /// Bytes of the messages they came in.
    public var bytes = 0
    /// Messages of a type that this library does not know.
    public var unknown = 0
    /// Frames that could not be read.
    public var malformed = 0
    /// Messages without the object that their type carries.
    public var missingPayload = 0
    /// Binary messages; agentctl sends none, and they are read as if they were text.
    public var binary = 0

    /// Events that came after a close was requested, beyond what the queues may hold, and were dropped.
    public var droppedWhileEnding = 0

    /// Creates statistics of nothing; change single numbers from there, as tests do.
    public init() {}
}
