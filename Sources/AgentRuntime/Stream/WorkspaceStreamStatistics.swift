/// What a stream has counted since it was opened.
public struct WorkspaceStreamStatistics: Sendable, Hashable {
    /// Events of any kind, those below included.
    public internal(set) var events = 0
    /// Bytes of the messages they came in.
    public internal(set) var bytes = 0
    /// Messages of a type that this library does not know.
    public internal(set) var unknown = 0
    /// Frames that could not be read.
    public internal(set) var malformed = 0
    /// Messages without the object that their type carries.
    public internal(set) var missingPayload = 0
    /// Binary messages; agentctl sends none, and they are read as if they were text.
    public internal(set) var binary = 0

    /// Events that came after a close was requested, beyond what the queues may hold, and were dropped.
    public internal(set) var droppedWhileEnding = 0

    init() {}
}
