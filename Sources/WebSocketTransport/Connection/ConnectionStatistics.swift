public import WebSocketProtocol

/// The counters of a connection since it was opened.
public struct ConnectionStatistics: Sendable, Hashable {
    /// The received traffic; a read is counted after it was handled.
    ///
    /// Each number is exact. But two of them may differ by one read of the socket, because no lock covers them all.
    public var received = WebSocketTraffic()
    /// The sent traffic; a write is counted after the system has taken it.
    public var sent = WebSocketTraffic()
    /// Messages that arrived after our Close frame when the receive queue was full, and were dropped.
    public var messagesDroppedWhileClosing = 0
    /// Pings of the peer that were received.
    public var pingsReceived = 0

    /// Creates statistics with the value 0; tests can then change single numbers.
    public init() {}

    /// The number of whole messages received.
    public var messagesReceived: Int { self.received.messages }
    /// Payload bytes of those messages, decompressed.
    public var bytesReceived: Int { self.received.payloadBytes }
}
