/// How a server secures its connections.
public struct WebSocketServerTLSConfiguration: Sendable, Hashable {
    /// The server's certificate and its key.
    public var identity: TLSIdentity
    /// The authorities one of which must have issued the certificate that every client then has to show.
    ///
    /// Default: nil, clients are not asked for certificates.
    public var clientTrustRoots: PEMSource?
    /// The oldest version of TLS that is accepted.
    ///
    /// Default: TLS 1.2.
    public var minimumVersion = TLSProtocolVersion.tls12

    /// Creates a configuration that asks clients for no certificate.
    ///
    /// - Parameter identity: The server's certificate and its key.
    public init(identity: TLSIdentity) { self.identity = identity }
}
