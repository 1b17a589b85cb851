public import WebSocketProtocol

/// What a connection has counted since it was opened.
public struct ConnectionStatistics: Sendable, Hashable {
    /// What was received: each read counts when it was handled.
    ///
    /// Each number is exact; two of them may be one read of the socket apart, as they are not behind one lock.
    public internal(set) var received = WebSocketTraffic()
    /// What was sent: each write counts when the system has taken it.
    public internal(set) var sent = WebSocketTraffic()
    /// Messages that arrived after our Close frame when the receive queue was full, and were dropped.
    public internal(set) var messagesDroppedWhileClosing = 0
    /// Pings of the peer that were received.
    public internal(set) var pingsReceived = 0

    init() {}

    /// Messages received, whole.
    public var messagesReceived: Int { self.received.messages }
    /// Payload bytes of those messages, decompressed.
    public var bytesReceived: Int { self.received.payloadBytes }
}
