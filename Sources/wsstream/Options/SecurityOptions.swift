import ArgumentParser
import WebSocketTransport

/// The trusted authorities and our certificate for wss; no option turns the check of certificates off.
struct SecurityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The certificate authorities to trust for wss instead of the system's, in PEM.",
            discussion: "To trust a server whose certificate is self-signed, name that certificate.",
            valueName: "path"
        )
    )
    var caFile: String?

    @Option(
        help: ArgumentHelp("Our certificate chain in PEM, for servers that ask for one.", valueName: "path")
    )
    var clientCertificate: String?

    @Option(help: ArgumentHelp("The private key of our certificate in PEM, not encrypted.", valueName: "path"))
    var clientKey: String?

    func validate() throws {
        guard (self.clientCertificate == nil) == (self.clientKey == nil) else {
            throw ValidationError("Give both --client-certificate and --client-key, or neither.")
        }
    }

    /// The TLS configuration of these options; the files are read when the program connects.
    var configuration: WebSocketTLSConfiguration {
        var configuration = WebSocketTLSConfiguration()
        if let caFile = self.caFile { configuration.trustRoots = .certificates(.file(caFile)) }
        if let certificate = self.clientCertificate, let key = self.clientKey {
            configuration.identity = TLSIdentity(certificateChain: .file(certificate), privateKey: .file(key))
        }
        return configuration
    }
}
