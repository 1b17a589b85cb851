/// The counters of a stream since it was opened.
public struct StreamStatistics: Sendable, Hashable {
    /// Events of any kind, including the following ones.
    public var events = 0
    /// The size in bytes of their messages.
    public var bytes = 0
    /// Messages of a type that this library does not know.
    public var unknown = 0
    /// Frames that could not be read.
    public var malformed = 0
    /// Messages of a known type whose object is missing.
    public var missingPayload = 0
    /// Binary messages: all of a terminal; on other streams agentctl sends none, and they are decoded like text.
    public var binary = 0

    /// Events that came after a close was requested, above the limit of the queues, and were dropped.
    public var droppedWhileEnding = 0

    /// Creates counters with the value 0; tests can change single ones.
    public init() {}
}
