/// Who one end of a TLS connection is: its certificate, and the key that proves it.
public struct TLSIdentity: Sendable, Hashable {
    /// The certificate, followed by the intermediate ones that lead to a root.
    public var certificateChain: PEMSource
    /// The private key of the first certificate; not encrypted.
    public var privateKey: PEMSource

    /// Creates an identity; the sources are read later.
    ///
    /// - Parameters:
    ///   - certificateChain: The certificate, followed by the intermediate ones.
    ///   - privateKey: The private key of the first certificate, not encrypted.
    public init(certificateChain: PEMSource, privateKey: PEMSource) {
        (self.certificateChain, self.privateKey) = (certificateChain, privateKey)
    }
}
