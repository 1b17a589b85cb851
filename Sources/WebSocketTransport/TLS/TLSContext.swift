#if TLS
import ConcurrencyPrimitives
import NIOCore
import NIOSSL

/// Makes the TLS contexts of SwiftNIO from our configurations.
///
/// It reads files and parses all roots of the system. This takes tens of milliseconds, so it never runs on an event
/// loop.
enum TLSContext {
    /// RFC 7301: a server with HTTP/2 on the same port must not select HTTP/2.
    private static let applicationProtocols = ["http/1.1"]

    /// How long a closed socket waits for the peer's close_notify.
    ///
    /// RFC 8446 §6.1 does not require this wait. Normally the Close frames have already ended the connection.
    private static let closeTimeout = TimeAmount.milliseconds(100)

    /// The last client context and its configuration.
    private struct Latest: Sendable {
        var configuration: WebSocketTLSConfiguration
        var context: NIOSSLContext
    }

    /// Shared by connections, because each context contains all roots of the system.
    ///
    /// A context from the caller's files is never kept, because the files may change while the process runs.
    private static let latest = Locked<Latest?>(nil)

    /// - Throws: ``WebSocketError`` with `invalidConfiguration`, which names the wrong source.
    static func client(_ configuration: WebSocketTLSConfiguration) throws(WebSocketError) -> NIOSSLContext {
        // One context serves every name.
        var key = configuration
        key.serverName = nil
        if let latest = self.latest.withLock({ $0 }), latest.configuration == key { return latest.context }
        let context = try self.newClient(configuration)
        if !configuration.namesFiles {
            self.latest.withLock { $0 = Latest(configuration: key, context: context) }
        }
        return context
    }

    private static func newClient(_ configuration: WebSocketTLSConfiguration) throws(WebSocketError) -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = configuration.minimumVersion.version
        tls.applicationProtocols = self.applicationProtocols
        // ServerIdentity checks the host. SwiftNIO's check would also accept, for a host name, a certificate for the
        // address of the host or of the proxy.
        tls.certificateVerification = .noHostnameVerification
        tls.shutdownTimeout = self.closeTimeout
        if case .certificates(let source) = configuration.trustRoots {
            tls.trustRoots = .certificates(try self.certificates(source, for: "trustRoots"))
        }
        if let identity = configuration.identity {
            let (chain, key) = try self.identity(identity)
            (tls.certificateChain, tls.privateKey) = (chain, key)
        }
        return try self.context(tls)
    }

    /// - Throws: ``WebSocketError`` with `invalidConfiguration`, which names the wrong source.
    static func server(
        _ configuration: WebSocketServerTLSConfiguration
    ) throws(WebSocketError) -> NIOSSLContext {
        let (chain, key) = try self.identity(configuration.identity)
        var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        tls.minimumTLSVersion = configuration.minimumVersion.version
        tls.applicationProtocols = self.applicationProtocols
        tls.shutdownTimeout = self.closeTimeout
        if let roots = configuration.clientTrustRoots {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .certificates(try self.certificates(roots, for: "clientTrustRoots"))
            tls.sendCANameList = true
        }
        return try self.context(tls)
    }

    private static func identity(
        _ identity: TLSIdentity
    ) throws(WebSocketError) -> ([NIOSSLCertificateSource], NIOSSLPrivateKeySource) {
        let chain = try self.certificates(identity.certificateChain, for: "certificateChain")
        return (chain.map { .certificate($0) }, .privateKey(try self.privateKey(identity.privateKey)))
    }

    private static func context(_ tls: TLSConfiguration) throws(WebSocketError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: tls)
        } catch {
            let reason = "The TLS configuration can't be used: do certificate and private key belong together?"
            throw WebSocketError(.invalidConfiguration, reason, cause: error)
        }
    }

    private static func certificates(
        _ source: PEMSource,
        for use: String
    ) throws(WebSocketError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            switch source {
            case .file(let path): certificates = try NIOSSLCertificate.fromPEMFile(path)
            case .text(let text): certificates = try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
            }
        } catch {
            let reason = "\(use): no certificates in PEM can be read from \(source)."
            throw WebSocketError(.invalidConfiguration, reason, cause: error)
        }
        guard !certificates.isEmpty else {
            throw WebSocketError(.invalidConfiguration, "\(use): there is no certificate in \(source).")
        }
        return certificates
    }

    private static func privateKey(_ source: PEMSource) throws(WebSocketError) -> NIOSSLPrivateKey {
        do {
            switch source {
            case .file(let path): return try NIOSSLPrivateKey(file: path, format: .pem)
            case .text(let text): return try NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem)
            }
        } catch {
            let reason = "privateKey: no private key in PEM, not encrypted, can be read from \(source)."
            throw WebSocketError(.invalidConfiguration, reason, cause: error)
        }
    }
}

extension WebSocketTLSConfiguration {
    /// Whether the configuration names files for certificates or keys.
    fileprivate var namesFiles: Bool {
        var sources = [self.identity?.certificateChain, self.identity?.privateKey]
        if case .certificates(let source) = self.trustRoots { sources.append(source) }
        return sources.contains { if case .file? = $0 { true } else { false } }
    }
}

extension TLSProtocolVersion {
    fileprivate var version: TLSVersion {
        switch self {
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }
}
#endif
