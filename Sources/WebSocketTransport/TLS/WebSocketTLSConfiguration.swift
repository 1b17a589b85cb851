/// How a client secures `wss://` connections.
///
/// The server's certificate and its host are always checked (RFC 9525); you cannot turn this off. To trust a
/// self-signed certificate, add it to ``trustRoots``.
public struct WebSocketTLSConfiguration: Sendable, Hashable {
    /// The certificate authorities that are trusted.
    @nonexhaustive public enum TrustRoots: Sendable, Hashable {
        /// The authorities of the operating system; they are read once, and again after another configuration was used.
        case system
        /// Only these certificates.
        case certificates(PEMSource)
    }

    /// The certificate authorities that are trusted.
    ///
    /// Default: the authorities of the operating system.
    public var trustRoots = TrustRoots.system
    /// The identity for a server that asks for a client certificate; it is never shown to another origin after a
    /// redirect.
    ///
    /// Default: nil, no identity.
    public var identity: TLSIdentity?
    /// The oldest accepted version of TLS.
    ///
    /// Default: TLS 1.2.
    public var minimumVersion = TLSProtocolVersion.tls12
    /// The name or address that the server's certificate must have, instead of the URL's host.
    ///
    /// Default: nil, the URL's host. A name is also sent as the server name (SNI, RFC 6066 §3); an address is not.
    public var serverName: String?

    /// Creates the default configuration; then change single properties.
    public init() {}
}

/// A version of TLS; older versions are not supported (RFC 8996).
@nonexhaustive public enum TLSProtocolVersion: Sendable, Hashable {
    /// TLS 1.2 (RFC 5246).
    case tls12
    /// TLS 1.3 (RFC 8446).
    case tls13
}
