import ConcurrencyPrimitives
public import WebSocketProtocol

/// Something that happened to a connection: what an observer gets.
public struct ConnectionEvent: Sendable {
    /// Names the connection, as ``WebSocketConnection/id``; never used twice in a process.
    public let connection: UInt64
    /// Our role.
    public let role: Role
    /// What happened.
    public let kind: Kind

    /// What happened; new cases may be added in a minor version.
    public enum Kind: Sendable {
        /// The opening handshake is complete: always the first event.
        case opened(subprotocol: String?, compression: NegotiatedDeflate?)
        /// One read of the socket was handled, and its messages are with the consumer or in its queue.
        case received(WebSocketTraffic, queue: QueueDepth)
        /// The system took one write; so many bytes wait for the next ones.
        case sent(WebSocketTraffic, queuedBytes: Int)
        /// The system did not take a write at once: the peer is slower than we are; so many bytes wait.
        case sendBlocked(queuedBytes: Int)
        /// The receive queue is full: the socket is not read until the consumer makes room.
        case readingPaused(QueueDepth)
        /// The socket is read again.
        case readingResumed(QueueDepth)
        /// A Pong answered a Ping of ours.
        case pongReceived(roundTrip: Duration)
        /// The peer did not answer a Ping in time; `closed` follows.
        case keepaliveTimedOut
        /// The socket is closed: always the last event, before anyone who waits for the end is released.
        case closed(WebSocketClosure, statistics: ConnectionStatistics)
    }

    /// What was received and not yet taken.
    public struct QueueDepth: Sendable, Hashable {
        /// Payload bytes.
        public let bytes: Int
        /// Messages; or pieces, where those are asked for.
        public let messages: Int

        init(_ cost: BatchMailbox<MessageBatch>.Cost) { (self.bytes, self.messages) = (cost.bytes, cost.elements) }
    }
}
