/// How the messages of a connection are compressed: permessage-deflate (RFC 7692).
///
/// The same value serves both roles: "own" is what we send, "peer" is what we receive. The compressor takes up to
/// `2^(ownWindowBits + 2) + 2^(memoryLevel + 9)` bytes, 256 KiB by default, from the first compressed message that we
/// send. The decompressor takes `2^peerWindowBits` bytes and 8 KiB, from the first compressed message that we receive.
///
/// Do not compress a secret and text that an attacker chooses in one context. The attacker could find the secret from
/// the sizes of messages (as in CRIME and BREACH). Send such messages with ``MessageCompression/never``, or switch
/// compression off.
public struct PermessageDeflate: Sendable, Hashable {
    /// How hard to compress, 1 (fast) to 9 (small).
    ///
    /// Default: 1. For small JSON in one context, higher levels gain little.
    public var level = 1

    /// How much memory the compressor uses, 1 to 9.
    ///
    /// Default: 8, as in zlib.
    public var memoryLevel = 8

    /// Messages with fewer bytes are sent uncompressed, unless the call to send asks for compression.
    ///
    /// Default: 256 bytes. At 0 every message is compressed.
    public var threshold = 256

    /// The largest window of our compressor, as a power of two, 9 to 15.
    ///
    /// Default: 15, 32 KiB; the peer may ask for less.
    public var ownWindowBits = 15

    /// The largest window that the peer may use, as a power of two, 9 to 15.
    ///
    /// A client requires this. A server can ask for it only if the client allows it (RFC 7692 §7.1.2.2).
    ///
    /// Default: 15, 32 KiB.
    public var peerWindowBits = 15

    /// Whether our messages may refer to earlier ones; if not, each message is compressed separately.
    ///
    /// Default: true; the peer may ask us not to.
    public var ownContextTakeover = true

    /// Whether the peer's messages may refer to earlier ones.
    ///
    /// Default: true.
    public var peerContextTakeover = true

    /// Whether a client offers `client_max_window_bits`, which lets the server choose the window of the client's
    /// compressor.
    ///
    /// Default: true. Some servers, for example AWS API Gateway, refuse a handshake with this parameter.
    public var offersClientWindowBits = true

    /// Creates the default; then change single properties.
    public init() {}

    /// Checks the values once, before anything is sent.
    ///
    /// - Throws: ``HandshakeError/Code/invalidConfiguration`` that names the value and its range.
    package func validate() throws(HandshakeError) {
        try Self.check(self.level, in: 1...9, "level")
        try Self.check(self.memoryLevel, in: 1...9, "memoryLevel")
        try Self.check(self.threshold, in: 0...Int.max, "threshold")
        // With 8 bits, zlib uses a window of 9 bits, and the peer could not decompress the messages.
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
