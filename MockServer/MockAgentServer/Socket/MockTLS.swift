import NIOCore
import NIOPosix
import WebSocketTransport

#if TLS
import NIOSSL

/// Makes the TLS context of the server from its configuration.
enum MockTLS {
    /// Reads the files on a thread that may block.
    ///
    /// - Throws: ``MockServerError`` with `invalidConfiguration`, which names the wrong source.
    static func context(_ configuration: WebSocketServerTLSConfiguration?) async throws(MockServerError)
        -> NIOSSLContext?
    {
        guard let configuration else { return nil }
        do {
            return try await NIOThreadPool.singleton.runIfActive { try self.newContext(configuration) }
        } catch let error as MockServerError {
            throw error
        } catch {
            throw MockServerError(.invalidConfiguration, "TLS can't be used.", cause: error)
        }
    }

    private static func newContext(_ configuration: WebSocketServerTLSConfiguration) throws -> NIOSSLContext {
        let chain = try self.certificates(configuration.identity.certificateChain, for: "certificateChain")
        let key = try self.privateKey(configuration.identity.privateKey)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        tls.minimumTLSVersion = configuration.minimumVersion == .tls13 ? .tlsv13 : .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        tls.shutdownTimeout = .milliseconds(100)
        if let roots = configuration.clientTrustRoots {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .certificates(try self.certificates(roots, for: "clientTrustRoots"))
            tls.sendCANameList = true
        }
        do {
            return try NIOSSLContext(configuration: tls)
        } catch {
            let reason = "The TLS configuration can't be used: do certificate and private key belong together?"
            throw MockServerError(.invalidConfiguration, reason, cause: error)
        }
    }

    private static func certificates(_ source: PEMSource, for use: String) throws -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates =
                switch source {
                case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
                case .text(let text): try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
                }
        } catch {
            let reason = "\(use): no certificates in PEM can be read from \(source)."
            throw MockServerError(.invalidConfiguration, reason, cause: error)
        }
        guard !certificates.isEmpty else {
            throw MockServerError(.invalidConfiguration, "\(use): there is no certificate in \(source).")
        }
        return certificates
    }

    private static func privateKey(_ source: PEMSource) throws -> NIOSSLPrivateKey {
        do {
            return switch source {
            case .file(let path): try NIOSSLPrivateKey(file: path, format: .pem)
            case .text(let text): try NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem)
            }
        } catch {
            let reason = "privateKey: no private key in PEM, not encrypted, can be read from \(source)."
            throw MockServerError(.invalidConfiguration, reason, cause: error)
        }
    }
}
#endif
