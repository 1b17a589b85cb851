import ArgumentParser
import WebSocketTransport

/// Whom to trust behind a wss URL, and who we are there; there is no option to trust everybody.
struct SecurityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The certificate authorities to trust instead of the system's, in PEM: for wss.",
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

    /// What the options say; the files are read when it connects.
    var configuration: WebSocketTLSConfiguration {
        var configuration = WebSocketTLSConfiguration()
        if let caFile = self.caFile { configuration.trustRoots = .certificates(.file(caFile)) }
        if let certificate = self.clientCertificate, let key = self.clientKey {
            configuration.identity = TLSIdentity(certificateChain: .file(certificate), privateKey: .file(key))
        }
        return configuration
    }
}
