#if TLS
import NIOSSL
import WebSocketProtocol

/// Explains why TLS with a server failed: SwiftNIO does not say why it did not accept the certificate.
struct TLSFailure {
    let identity: ServerIdentity
    /// The URL of the connection.
    let url: WebSocketURL
    /// The certificate that the server sent, if any.
    let certificate: NIOSSLCertificate?
    /// Seconds since 1970.
    let now: Int

    /// The error for the caller, or nil for an error that is not about TLS.
    func error(_ error: any Error) -> WebSocketError? {
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let stack)): self.failed(stack, cause: error)
        case NIOSSLError.handshakeFailed(.zeroReturn), NIOSSLError.handshakeFailed(.syscallError):
            self.ended(Self.end, cause: error)
        case NIOSSLError.handshakeFailed, NIOSSLError.shutdownFailed: self.failed([], cause: error)
        case BoringSSLError.sslError(let stack): self.failed(stack, cause: error)
        default: nil
        }
    }

    /// The certificate is valid, but for other hosts.
    func wrongHost(_ names: CertificateNames) -> WebSocketError {
        let all = names.hosts + names.addresses.map(\.description)
        // Text of the peer: only the characters of a host name.
        let shown = all.prefix(4).map { String(decoding: $0.utf8.filter(Self.isPlain).prefix(64), as: UTF8.self) }
        let rest = all.count > 4 ? " and \(all.count - 4) more" : ""
        let others = all.isEmpty ? "names no host at all" : "is for \(shown.joined(separator: ", "))\(rest)"
        return WebSocketError(
            .tlsWrongHost,
            "The server's certificate is not for \(self.identity): it \(others). Is the URL right?"
        )
    }

    /// The peer ended the connection.
    static let end = NetworkFailure(.ended, "the connection was ended")

    /// The connection ended without a TLS error, as on a port that is forwarded to no process.
    func ended(_ failure: NetworkFailure, cause: (any Error)? = nil) -> WebSocketError {
        let message = "Can't connect to \(self.url): \(failure.words) in the TLS handshake."
        return WebSocketError(.connectFailed, message, reason: failure.reason, cause: cause)
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    private func failed(_ stack: [BoringSSLInternalError], cause: any Error) -> WebSocketError {
        let reasons = stack.map(Self.reason)
        if stack.contains(.eofDuringHandshake) { return self.ended(Self.end, cause: cause) }
        if reasons.contains("CERTIFICATE_VERIFY_FAILED") { return self.notVerified(cause) }
        let hint = reasons.contains("WRONG_VERSION_NUMBER") ? " Does the server speak TLS on this port?" : ""
        let reason = reasons.isEmpty ? "for an unknown reason" : "by \(reasons.joined(separator: ", "))"
        return WebSocketError(.tlsFailed, "TLS with \(self.identity) failed \(reason).\(hint)", cause: cause)
    }

    /// Checks the validity of the server's own certificate first; an expired issuer counts as not trusted.
    ///
    /// BoringSSL knows which of the two it was. SwiftNIO shows neither this nor the rest of the chain.
    private func notVerified(_ cause: any Error) -> WebSocketError {
        guard let certificate = self.certificate else {
            return WebSocketError(.tlsUntrusted, "The certificate of \(self.identity) can't be verified.", cause: cause)
        }
        if self.now > certificate.notValidAfter {
            let days = (self.now - Int(certificate.notValidAfter)) / 86_400
            let message = "The certificate of \(self.identity) has expired, \(days) days ago."
            return WebSocketError(.tlsExpired, message, cause: cause)
        }
        if self.now < certificate.notValidBefore {
            let message = "The certificate of \(self.identity) is not valid yet. Is this machine's clock right?"
            return WebSocketError(.tlsExpired, message, cause: cause)
        }
        let names = (try? certificate.toDERBytes()).map(CertificateNames.init(der:))
        let kind =
            names?.isSelfIssued == true
            ? "is self-signed" : "was issued by an authority that is not trusted, or that has expired"
        let message = "The certificate of \(self.identity) \(kind); name its issuer in trustRoots to trust it."
        return WebSocketError(.tlsUntrusted, message, cause: cause)
    }

    /// The name of a reason in `Error: 268435581 error:1000007d:SSL routines:OPENSSL_internal:NAME at FILE:LINE`.
    private static func reason(_ error: BoringSSLInternalError) -> String {
        let text = error.description
        let parts = text.split(separator: ":")
        guard let internals = parts.firstIndex(of: "OPENSSL_internal"), internals + 1 < parts.endIndex else {
            return text
        }
        return String(parts[internals + 1].prefix { $0 != " " })
    }
}
#endif
