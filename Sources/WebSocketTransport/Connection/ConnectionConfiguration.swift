public import WebSocketProtocol

/// How an open connection behaves, for either role.
public struct ConnectionConfiguration: Sendable, Hashable {
    /// Limits for received messages.
    public var limits: MessageLimits {
        get { self.values.limits }
        set { self.values.limits = newValue }
    }
    /// How much may wait for the consumer before reading from the socket stops.
    public var receiveQueue: ReceiveQueue {
        get { self.values.receiveQueue }
        set { self.values.receiveQueue = newValue }
    }
    /// How much may be queued before senders wait.
    public var sendQueue: SendQueue {
        get { self.values.sendQueue }
        set { self.values.sendQueue = newValue }
    }
    /// How a silent peer is detected; nil turns it off.
    public var keepalive: Keepalive? {
        get { self.values.keepalive }
        set { self.values.keepalive = newValue }
    }
    /// How long the peer may send no message although it sends other frames; nil for no limit.
    ///
    /// A stream that is idle for longer fails with ``WebSocketError/Code/messageTimedOut``. Time while reading is
    /// stopped, because the consumer takes no messages, does not count. Default: nil.
    public var messageTimeout: Duration? {
        get { self.values.messageTimeout }
        set { self.values.messageTimeout = newValue }
    }
    /// Whether a message that takes several reads is handed over in pieces, see ``WebSocketConnection/pieces``.
    ///
    /// Default: false. If true, ``WebSocketConnection/messages`` still gives whole messages.
    public var deliversPieces: Bool {
        get { self.values.deliversPieces }
        set { self.values.deliversPieces = newValue }
    }
    /// How long closing may take.
    public var closing: Closing {
        get { self.values.closing }
        set { self.values.closing = newValue }
    }
    /// The maximum size of one read of the socket, in bytes; rounded down to a power of two.
    ///
    /// Default: 256 KiB.
    ///
    /// Without TLS, the connections of one event loop share one buffer, so an idle connection needs none. With TLS,
    /// each connection has its own buffer, which begins with 2 KiB and doubles when a read is full.
    ///
    /// A connection with compression reads at most a 1024th of `MessageLimits.maximumMessageBytes` at once, but at
    /// least 4 KiB. So one read never decompresses to much more than one message of maximum size.
    public var readBytes: Int {
        get { self.values.readBytes }
        set { self.values.readBytes = newValue }
    }

    /// Gets the events of the connection; nil, the default, costs nothing.
    public var observer: ConnectionObserver? {
        get { self.values.observer }
        set { self.values.observer = newValue }
    }

    /// Creates the default configuration; then change single properties.
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

    private static let standard = SharedValue(Values())
    /// Each connection keeps its configuration; connections with the same value share it.
    private var shared = Self.standard
    private var values: Values {
        get { self.shared.value }
        set { self.shared.value = newValue }
    }

    /// Whether both have the same values.
    public static func == (one: Self, other: Self) -> Bool { one.values == other.values }

    /// Hashes the values.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.values) }

    /// Limits for messages that were received but not yet taken.
    public struct ReceiveQueue: Sendable, Hashable {
        /// Reading stops at this many payload bytes.
        ///
        /// Default: 4 MiB; one read, or one large message, may exceed it.
        public var highWaterBytes = 4 * 1024 * 1024
        /// Reading stops at this many messages.
        ///
        /// Default: 65,536.
        public var highWaterMessages = 65_536
        /// Reading resumes when both numbers are at or below this share of the high mark, 0 to 1.
        ///
        /// Default: 0.5.
        public var lowWaterShare = 0.5

        /// Creates the default bounds.
        public init() {}
    }

    /// Limits for messages that were sent but not yet given to the system.
    public struct SendQueue: Sendable, Hashable {
        /// Senders wait while this many bytes are queued.
        ///
        /// Default: 1 MiB; the message that crosses the limit is still accepted.
        public var highWaterBytes = 1024 * 1024
        /// The longest wait of a sender, and the longest time in which the system takes no queued bytes.
        ///
        /// A sender that waited this long gets ``WebSocketError/Code/sendTimedOut``; its message is not sent, and the
        /// connection stays open. If the system takes no queued bytes for this long, the connection fails. Default: 30
        /// s.
        public var timeout: Duration = .seconds(30)

        /// Creates the default limits.
        public init() {}
    }

    /// How a connection detects that its peer no longer answers.
    public struct Keepalive: Sendable, Hashable {
        /// Silence after which a Ping is sent (RFC 6455 §5.5.2).
        ///
        /// Default: 20 s.
        ///
        /// Every received frame counts as an answer, not only a Pong.
        public var interval: Duration = .seconds(20)
        /// Time for the peer to send any frame after the system took the Ping.
        ///
        /// Default: 20 s.
        ///
        /// Then the connection is aborted with ``WebSocketError/Code/keepaliveTimedOut``.
        public var timeout: Duration = .seconds(20)

        /// Creates the default times.
        public init() {}
    }

    /// Time limits of the closing handshake.
    public struct Closing: Sendable, Hashable {
        /// Time to send the queued messages and our Close frame, and to receive the peer's Close frame.
        ///
        /// Default: 5 s.
        public var timeout: Duration = .seconds(5)
        /// Time for the peer to end the TCP connection after both Close frames.
        ///
        /// Default: 250 ms.
        ///
        /// Some servers, for example agentctl, keep it open until their next write; then we end it.
        public var linger: Duration = .milliseconds(250)

        /// Time for the consumer to take and answer earlier messages, after the peer's Close frame or violation.
        ///
        /// Default: 1 s.
        ///
        /// Our Close frame is sent when the consumer has asked for the next message, or when this time is over. Nothing
        /// can be sent after it (RFC 6455 §5.5.1). While no task receives, it waits for at most 100 ms. If this is 0,
        /// it is sent at once.
        public var answerTime: Duration = .seconds(1)

        /// Creates the default times.
        public init() {}
    }

    /// The size of a client's reads during the opening handshake; most responses fit.
    ///
    /// SwiftNIO keeps the first buffer of a socket, so it is a part of the memory of an idle connection.
    var headReadBytes: Int { min(self.readBytes, 256) }

    /// The size of a server's reads during the opening handshake; with TLS also of the first read after it.
    var firstReadBytes: Int { min(self.readBytes, 2048) }

    /// The size of a read after the connection is open.
    func readBytes(isCompressed: Bool) -> Int {
        guard isCompressed else { return self.readBytes }
        // DEFLATE makes at most 1032 bytes from one byte.
        return min(self.readBytes, max(4096, self.limits.maximumMessageBytes / 1024))
    }

    /// Checks the values once, when a client or server is created.
    ///
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`, which names the property and its value.
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

    /// The allowed limits of a queue: at most 1 GiB, or as many messages.
    private static let marks = 1...1_073_741_824

    private static func require(_ condition: Bool, _ rule: String) throws(WebSocketError) {
        guard condition else { throw WebSocketError(.invalidConfiguration, "\(rule).") }
    }
}
