import ConcurrencyPrimitives
public import WebSocketProtocol

/// An event of one connection, for an observer.
public struct ConnectionEvent: Sendable {
    /// The ``WebSocketConnection/id`` of the connection; never used twice in a process.
    public let connection: UInt64
    /// Our role.
    public let role: Role
    /// What happened.
    public let kind: Kind

    /// What happened; new cases may be added in a minor version.
    @nonexhaustive public enum Kind: Sendable {
        /// The opening handshake is complete: always the first event.
        case opened(subprotocol: String?, compression: NegotiatedDeflate?)
        /// One read of the socket is handled; its messages are with the consumer or in its queue.
        case received(WebSocketTraffic, queue: QueueDepth)
        /// The system took one write; `queuedBytes` bytes are still queued.
        case sent(WebSocketTraffic, queuedBytes: Int)
        /// The system did not take a write at once, because the peer is slower than we are; `queuedBytes` bytes are
        /// queued.
        case sendBlocked(queuedBytes: Int)
        /// The receive queue is full: the socket is not read until the consumer takes messages.
        case readingPaused(QueueDepth)
        /// The socket is read again.
        case readingResumed(QueueDepth)
        /// A Pong answered one of our Pings.
        case pongReceived(roundTrip: Duration)
        /// The peer did not answer a Ping in time; `closed` follows.
        case keepaliveTimedOut
        /// The socket is closed.
        ///
        /// This is always the last event. It comes before the tasks that wait for the end are resumed.
        case closed(WebSocketClosure, statistics: ConnectionStatistics)
    }

    /// The messages that were received and not yet taken.
    public struct QueueDepth: Sendable, Hashable {
        /// Payload bytes.
        public let bytes: Int
        /// Messages; or pieces, if messages are delivered in pieces.
        public let messages: Int

        init(_ cost: BatchMailbox<MessageBatch>.Cost) { (self.bytes, self.messages) = (cost.bytes, cost.elements) }
    }
}
