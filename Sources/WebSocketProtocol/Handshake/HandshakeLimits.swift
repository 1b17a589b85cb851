/// Limits for the peer's part of the handshake.
///
/// A head that exceeds a limit fails with ``HandshakeError/Code/limitExceeded``, which names the limit and its value.
/// The defaults of the properties are for servers, which read many heads of unknown clients; ``client`` has the
/// defaults of a client.
public struct HandshakeLimits: Sendable, Hashable {
    /// The largest head in bytes, from the first byte of the start line through the blank line.
    ///
    /// Default: 16,384; for a client 65,536. At least 64.
    public var maximumHeadBytes: Int = 16_384

    /// The longest start line or field line in bytes, without CRLF; for a folded field, all its lines together.
    ///
    /// Default: 8,192; for a client 65,536. At least 32.
    public var maximumLineBytes: Int = 8_192

    /// The largest number of fields in a head.
    ///
    /// Default: 128; for a client 1,024. At least 8.
    public var maximumFields: Int = 128

    /// The number of bytes to keep from the body of a refused upgrade; the rest is dropped without an error.
    ///
    /// Default: 65,536. At least 0.
    public var maximumBodyBytes: Int = 65_536

    /// Creates the default limits; then change single properties.
    public init() {}

    /// The default limits of a client: gateways add many cookies, policies and traces to their answers.
    public static let client: Self = {
        var limits = Self()
        limits.maximumHeadBytes = 65_536
        limits.maximumLineBytes = 65_536
        limits.maximumFields = 1_024
        return limits
    }()

    /// Checks the limits once, when they are first used.
    ///
    /// - Throws: ``HandshakeError/Code/invalidConfiguration`` if a limit is below its minimum.
    package func validate() throws(HandshakeError) {
        try Self.check("maximumHeadBytes", self.maximumHeadBytes, atLeast: 64)
        try Self.check("maximumLineBytes", self.maximumLineBytes, atLeast: 32)
        try Self.check("maximumFields", self.maximumFields, atLeast: 8)
        try Self.check("maximumBodyBytes", self.maximumBodyBytes, atLeast: 0)
    }

    private static func check(_ name: String, _ value: Int, atLeast least: Int) throws(HandshakeError) {
        guard value >= least else {
            throw HandshakeError(.invalidConfiguration, "\(name) must be at least \(least), got \(value).")
        }
    }
}
