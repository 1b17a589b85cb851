/// The identity of one end of a TLS connection: its certificate and the private key.
public struct TLSIdentity: Sendable, Hashable {
    /// The certificate, followed by the intermediate certificates up to a root.
    public var certificateChain: PEMSource
    /// The private key of the first certificate, not encrypted.
    public var privateKey: PEMSource

    /// Creates an identity; the sources are read later.
    ///
    /// - Parameters:
    ///   - certificateChain: The certificate, followed by the intermediate certificates.
    ///   - privateKey: The private key of the first certificate, not encrypted.
    public init(certificateChain: PEMSource, privateKey: PEMSource) {
        (self.certificateChain, self.privateKey) = (certificateChain, privateKey)
    }
}
