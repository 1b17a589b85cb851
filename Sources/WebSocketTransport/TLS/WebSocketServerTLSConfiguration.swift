/// How a server secures its connections.
public struct WebSocketServerTLSConfiguration: Sendable, Hashable {
    /// The server's certificate and its key.
    public var identity: TLSIdentity
    /// The authorities for certificates of clients.
    ///
    /// Default: nil, clients are not asked for certificates. If set, each client must show a certificate that one of
    /// these authorities has issued.
    public var clientTrustRoots: PEMSource?
    /// The oldest accepted version of TLS.
    ///
    /// Default: TLS 1.2.
    public var minimumVersion = TLSProtocolVersion.tls12

    /// Creates a configuration that does not ask clients for certificates.
    ///
    /// - Parameter identity: The server's certificate and its key.
    public init(identity: TLSIdentity) { self.identity = identity }
}
