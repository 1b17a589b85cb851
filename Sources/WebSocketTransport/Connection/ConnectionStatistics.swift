/// What a connection has counted since it was opened.
public struct ConnectionStatistics: Sendable, Hashable {
    /// Messages received, whole.
    public internal(set) var messagesReceived = 0
    /// Payload bytes of those messages.
    public internal(set) var bytesReceived = 0
    /// Messages that arrived after our Close frame when the receive queue was full, and were dropped.
    public internal(set) var messagesDroppedWhileClosing = 0
    /// Pings of the peer that were received.
    public internal(set) var pingsReceived = 0

    init() {}
}
