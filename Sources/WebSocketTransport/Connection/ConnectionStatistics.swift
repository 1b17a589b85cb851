public import WebSocketProtocol

/// What a connection has counted since it was opened.
public struct ConnectionStatistics: Sendable, Hashable {
    /// What was received: each read counts when it was handled.
    ///
    /// Each number is exact; two of them may be one read of the socket apart, as they are not behind one lock.
    public var received = WebSocketTraffic()
    /// What was sent: each write counts when the system has taken it.
    public var sent = WebSocketTraffic()
    /// Messages that arrived after our Close frame when the receive queue was full, and were dropped.
    public var messagesDroppedWhileClosing = 0
    /// Pings of the peer that were received.
    public var pingsReceived = 0

    /// Creates statistics of nothing; change single numbers from there, as tests do.
    public init() {}

    /// Messages received, whole.
    public var messagesReceived: Int { self.received.messages }
    /// Payload bytes of those messages, decompressed.
    public var bytesReceived: Int { self.received.payloadBytes }
}
