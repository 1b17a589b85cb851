import TestSupport

@testable import WebSocketTransport

extension TLSIdentity {
    static let server = Self(TestCertificates.serverCertificate, TestCertificates.serverKey)
    static let expired = Self(TestCertificates.expiredCertificate, TestCertificates.expiredKey)
    static let early = Self(TestCertificates.earlyCertificate, TestCertificates.earlyKey)
    static let elsewhere = Self(TestCertificates.elsewhereCertificate, TestCertificates.elsewhereKey)
    static let under = Self(TestCertificates.underCertificate, TestCertificates.underKey)
    static let nameless = Self(TestCertificates.namelessCertificate, TestCertificates.namelessKey)
    static let alone = Self(TestCertificates.aloneCertificate, TestCertificates.aloneKey)
    static let client = Self(TestCertificates.clientCertificate, TestCertificates.clientKey)
    static let stranger = Self(TestCertificates.strangerCertificate, TestCertificates.strangerKey)

    private init(_ certificate: String, _ key: String) {
        self.init(certificateChain: .text(certificate), privateKey: .text(key))
    }
}

extension WebSocketTLSConfiguration {
    /// Trusts the authority for tests.
    static var test: Self {
        var configuration = Self()
        configuration.trustRoots = .certificates(.text(TestCertificates.authority))
        return configuration
    }
}

extension WebSocketServerConfiguration {
    /// A server with the times for tests, secured with an identity.
    static func secure(_ identity: TLSIdentity = .server, _ change: (inout Self) -> Void = { _ in }) -> Self {
        var configuration = Self()
        configuration.connection = .test
        configuration.connection.closing.linger = .seconds(2)
        configuration.tls = WebSocketServerTLSConfiguration(identity: identity)
        change(&configuration)
        return configuration
    }
}

extension WebSocketClientConfiguration {
    /// A client that trusts the authority for tests.
    static func secure(_ change: (inout Self) -> Void = { _ in }) -> Self {
        var configuration = Self()
        configuration.connection = .test
        configuration.connection.closing.linger = .seconds(2)
        configuration.tls = .test
        change(&configuration)
        return configuration
    }
}
