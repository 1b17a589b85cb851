/// How the messages of a connection are compressed: permessage-deflate (RFC 7692).
///
/// The same value serves both roles: "own" is what we send, "peer" is what we receive. A compressor of our own takes
/// up to `2^(ownWindowBits + 2) + 2^(memoryLevel + 9)` bytes, 256 KiB by default, from the first message that is
/// compressed; what decompresses takes `2^peerWindowBits` bytes and 8 KiB, from the first compressed message received.
///
/// A secret and text that an attacker chooses should not be compressed in one context: sizes would tell the secret
/// (as in CRIME and BREACH). Send such messages with ``MessageCompression/never``, or switch compression off.
public struct PermessageDeflate: Sendable, Hashable {
    /// How hard to compress, 1 (fast) to 9 (small).
    ///
    /// Default: 1; for small JSON in one context the others gain little.
    public var level = 1

    /// How much memory the compressor uses, 1 to 9.
    ///
    /// Default: 8, zlib's own.
    public var memoryLevel = 8

    /// Messages with fewer bytes are sent as they are, unless the send says otherwise.
    ///
    /// Default: 256 bytes. At 0 every message is compressed.
    public var threshold = 256

    /// The largest window of our compressor, as a power of two, 9 to 15.
    ///
    /// Default: 15, 32 KiB; the peer may ask for less.
    public var ownWindowBits = 15

    /// The largest window that the peer may use, as a power of two, 9 to 15.
    ///
    /// A client insists on it; a server can't when the client doesn't let it (RFC 7692 §7.1.2.2).
    ///
    /// Default: 15, 32 KiB.
    public var peerWindowBits = 15

    /// Whether our messages may refer to earlier ones; if not, each is compressed by itself.
    ///
    /// Default: true; the peer may ask us not to.
    public var ownContextTakeover = true

    /// Whether the peer's messages may refer to earlier ones.
    ///
    /// Default: true.
    public var peerContextTakeover = true

    /// Whether a client lets the server choose the window of the client's compressor, by `client_max_window_bits`.
    ///
    /// Default: true. Some servers, AWS API Gateway among them, refuse a handshake that has it.
    public var offersClientWindowBits = true

    /// Creates the default; change single properties from there.
    public init() {}

    /// Checks the values once, before anything is sent.
    ///
    /// - Throws: ``HandshakeError/Code/invalidConfiguration`` that names the value and its range.
    package func validate() throws(HandshakeError) {
        try Self.check(self.level, in: 1...9, "level")
        try Self.check(self.memoryLevel, in: 1...9, "memoryLevel")
        try Self.check(self.threshold, in: 0...Int.max, "threshold")
        // With 8, zlib compresses with a window of 9 and the peer could not follow.
        try Self.check(self.ownWindowBits, in: 9...15, "ownWindowBits")
        try Self.check(self.peerWindowBits, in: 9...15, "peerWindowBits")
    }

    private static func check(
        _ value: Int,
        in range: ClosedRange<Int>,
        _ name: String
    ) throws(HandshakeError) {
        guard range.contains(value) else {
            throw HandshakeError(
                .invalidConfiguration,
                "PermessageDeflate.\(name) is \(range.lowerBound) to \(range.upperBound), got \(value)."
            )
        }
    }
}
