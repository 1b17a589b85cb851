public import WebSocketProtocol

/// How an open connection behaves, for either role.
public struct ConnectionConfiguration: Sendable, Hashable {
    /// What the peer may make us hold for one message.
    public var limits: MessageLimits {
        get { self.values.limits }
        set { self.values.limits = newValue }
    }
    /// How much may wait to be received before reading from the socket stops.
    public var receiveQueue: ReceiveQueue {
        get { self.values.receiveQueue }
        set { self.values.receiveQueue = newValue }
    }
    /// How much may wait to be sent before senders wait.
    public var sendQueue: SendQueue {
        get { self.values.sendQueue }
        set { self.values.sendQueue = newValue }
    }
    /// How a silent peer is noticed; nil turns it off.
    public var keepalive: Keepalive? {
        get { self.values.keepalive }
        set { self.values.keepalive = newValue }
    }
    /// How long the peer may send no message while it shows life otherwise; nil for as long as it likes.
    ///
    /// A stream that is idle for longer fails with ``WebSocketError/Code/messageTimedOut``. Time in which nobody takes
    /// the messages and reading stands still does not count. Default: nil.
    public var messageTimeout: Duration? {
        get { self.values.messageTimeout }
        set { self.values.messageTimeout = newValue }
    }
    /// Whether a message that takes several reads is handed over as it comes, see ``WebSocketConnection/pieces``.
    ///
    /// Default: false. When true, ``WebSocketConnection/messages`` still gives whole messages.
    public var deliversPieces: Bool {
        get { self.values.deliversPieces }
        set { self.values.deliversPieces = newValue }
    }
    /// How long closing may take.
    public var closing: Closing {
        get { self.values.closing }
        set { self.values.closing = newValue }
    }
    /// The most that one read of the socket takes, in bytes; rounded down to a power of two.
    ///
    /// Default: 256 KiB.
    ///
    /// The connections of an event loop read into the same memory, so a quiet one needs none for it; only with TLS each
    /// has its own, which begins with 2 KiB and doubles when a read is full. A connection that compresses reads
    /// no more than a 1024th of ``MessageLimits/maximumMessageBytes`` at once, but at least 4 KiB: one read then
    /// decompresses to about one message of the limit, and not to one for each bomb in it.
    public var readBytes: Int {
        get { self.values.readBytes }
        set { self.values.readBytes = newValue }
    }

    /// Gets what happens to the connection as events; nil, the default, costs nothing.
    public var observer: ConnectionObserver? {
        get { self.values.observer }
        set { self.values.observer = newValue }
    }

    /// Creates the default configuration; change single properties from there.
    public init() {}

    private struct Values: Sendable, Hashable {
        var limits = MessageLimits()
        var receiveQueue = ReceiveQueue()
        var sendQueue = SendQueue()
        var keepalive: Keepalive? = Keepalive()
        var messageTimeout: Duration?
        var deliversPieces = false
        var closing = Closing()
        var readBytes = 256 * 1024
        var observer: ConnectionObserver?
    }

    private static let standard = Shared(Values())
    /// Each connection keeps its configuration: those that are configured by the same value share it.
    private var shared = Self.standard
    private var values: Values {
        get { self.shared.value }
        set { self.shared.value = newValue }
    }

    /// Whether both say the same.
    public static func == (one: Self, other: Self) -> Bool { one.values == other.values }

    /// By what it says.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.values) }

    /// Bounds of what was received and not yet taken.
    public struct ReceiveQueue: Sendable, Hashable {
        /// Reading stops at this many payload bytes.
        ///
        /// Default: 4 MiB; one read, or one large message, may exceed it.
        public var highWaterBytes = 4 * 1024 * 1024
        /// Reading stops at this many messages.
        ///
        /// Default: 65,536.
        public var highWaterMessages = 65_536
        /// Reading resumes when both bytes and messages are at or below this share of the high mark, 0 to 1.
        ///
        /// Default: 0.5.
        public var lowWaterShare = 0.5

        /// Creates the default bounds.
        public init() {}
    }

    /// Bounds of what was sent and not yet handed to the system.
    public struct SendQueue: Sendable, Hashable {
        /// Senders wait while this many bytes are queued.
        ///
        /// Default: 1 MiB; the message that crosses it is still taken.
        public var highWaterBytes = 1024 * 1024
        /// How long a sender may wait for room, and how long queued bytes may go without any being taken by the system.
        ///
        /// A sender that waited this long gets ``WebSocketError/Code/sendTimedOut``, its message is not sent and the
        /// connection lives on; queued bytes that did not move for this long fail the connection. Default: 30 s.
        public var timeout: Duration = .seconds(30)

        /// Creates the default bounds.
        public init() {}
    }

    /// How a connection notices that its peer is gone.
    public struct Keepalive: Sendable, Hashable {
        /// Silence after which a Ping is sent (RFC 6455 §5.5.2).
        ///
        /// Default: 20 s.
        ///
        /// Every received frame is a proof of life, not only a Pong.
        public var interval: Duration = .seconds(20)
        /// Time the peer has to show life after the Ping was handed to the system.
        ///
        /// Default: 20 s.
        ///
        /// Then the connection is aborted with ``WebSocketError/Code/keepaliveTimedOut``.
        public var timeout: Duration = .seconds(20)

        /// Creates the default times.
        public init() {}
    }

    /// Bounds of the closing handshake.
    public struct Closing: Sendable, Hashable {
        /// Time for queued messages and our Close frame to leave and the peer's to arrive.
        ///
        /// Default: 5 s.
        public var timeout: Duration = .seconds(5)
        /// Time the peer has, after both Close frames, to end the TCP connection.
        ///
        /// Default: 250 ms.
        ///
        /// Some servers, agentctl among them, keep it open until their next write; then we end it.
        public var linger: Duration = .milliseconds(250)

        /// Time the consumer has, after the peer's Close frame or a rule that the peer broke, to take the messages that
        /// came before and to answer them.
        ///
        /// Default: 1 s.
        ///
        /// Our Close frame leaves as soon as the consumer has come back for more, or this time is over; nothing can be
        /// sent after it (RFC 6455 §5.5.1). While nobody receives, it waits for 100 ms at most. At 0 it leaves at once.
        public var answerTime: Duration = .seconds(1)

        /// Creates the default times.
        public init() {}
    }

    /// The size of a read of a client during the opening handshake: most responses fit.
    ///
    /// SwiftNIO keeps the first buffer of a socket, so it is a part of the memory of an idle connection.
    var headReadBytes: Int { min(self.readBytes, 256) }

    /// The size of a read of a server during the opening handshake, and with TLS of the first one after it, too.
    var firstReadBytes: Int { min(self.readBytes, 2048) }

    /// The size of a read once the connection is open.
    func readBytes(isCompressed: Bool) -> Int {
        guard isCompressed else { return self.readBytes }
        // DEFLATE makes at most 1032 bytes of one.
        return min(self.readBytes, max(4096, self.limits.maximumMessageBytes / 1024))
    }

    /// Checked once, where a client or server is created.
    ///
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`, naming the property and its value.
    package func validate() throws(WebSocketError) {
        try Self.require(self.limits.maximumMessageBytes > 0, "limits.maximumMessageBytes must be positive")
        try Self.require(self.limits.maximumFragments > 0, "limits.maximumFragments must be positive")
        try Self.require(
            Self.marks.contains(self.receiveQueue.highWaterBytes),
            "receiveQueue.highWaterBytes is 1 to 1073741824"
        )
        try Self.require(
            Self.marks.contains(self.receiveQueue.highWaterMessages),
            "receiveQueue.highWaterMessages is 1 to 1073741824"
        )
        try Self.require((0...1).contains(self.receiveQueue.lowWaterShare), "receiveQueue.lowWaterShare is 0 to 1")
        try Self.require(
            Self.marks.contains(self.sendQueue.highWaterBytes),
            "sendQueue.highWaterBytes is 1 to 1073741824"
        )
        try Self.require(self.sendQueue.timeout > .zero, "sendQueue.timeout must be positive")
        try Self.require(self.keepalive.map { $0.interval > .zero } ?? true, "keepalive.interval must be positive")
        try Self.require(self.keepalive.map { $0.timeout > .zero } ?? true, "keepalive.timeout must be positive")
        try Self.require(self.messageTimeout.map { $0 > .zero } ?? true, "messageTimeout must be positive")
        try Self.require(self.closing.timeout > .zero, "closing.timeout must be positive")
        try Self.require(self.closing.answerTime >= .zero, "closing.answerTime must not be negative")
        try Self.require(self.closing.linger >= .zero, "closing.linger must not be negative")
        try Self.require((512...16_777_216).contains(self.readBytes), "readBytes is 512 to 16777216")
    }

    /// What a queue may be told to hold: at most 1 GiB, or as many messages.
    private static let marks = 1...1_073_741_824

    private static func require(_ condition: Bool, _ rule: String) throws(WebSocketError) {
        guard condition else { throw WebSocketError(.invalidConfiguration, "\(rule).") }
    }
}
