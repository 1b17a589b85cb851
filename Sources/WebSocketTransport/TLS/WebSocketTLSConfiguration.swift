/// How a client secures `wss://` connections.
///
/// The server's certificate is always verified, and so is that it names the host (RFC 9525): there is no way to turn
/// that off. A server with a certificate of its own making is trusted by naming that certificate in ``trustRoots``.
public struct WebSocketTLSConfiguration: Sendable, Hashable {
    /// The certificate authorities that are trusted.
    public enum TrustRoots: Sendable, Hashable {
        /// Those of the operating system; read once, and again when another configuration was used in between.
        case system
        /// These certificates, and no others.
        case certificates(PEMSource)
    }

    /// The certificate authorities that are trusted.
    ///
    /// Default: those of the operating system.
    public var trustRoots = TrustRoots.system
    /// Shown to a server that asks for it; never to another origin after a redirect.
    ///
    /// Default: nil, none.
    public var identity: TLSIdentity?
    /// The oldest version of TLS that is accepted.
    ///
    /// Default: TLS 1.2.
    public var minimumVersion = TLSProtocolVersion.tls12
    /// The name or address that the server's certificate must have, instead of the URL's host.
    ///
    /// Default: nil, the URL's host. A name is also sent as the server name (SNI, RFC 6066 §3); an address is not.
    public var serverName: String?

    /// Creates the default configuration; change single properties from there.
    public init() {}
}
