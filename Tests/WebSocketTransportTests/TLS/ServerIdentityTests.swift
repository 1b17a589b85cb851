import NIOSSL
import TestSupport
import Testing

@testable import WebSocketTransport

@Suite("Whom a certificate is for")
struct ServerIdentityTests {
    @Test(
        "Names are compared label by label, and a wildcard is exactly one label (RFC 9525 §6.3)",
        arguments: [
            ("a.example.com", "a.example.com", true), ("A.Example.COM", "a.eXample.com", true),
            ("a.example.com.", "a.example.com", true), ("a.example.com", "a.example.com.", true),
            ("a.example.com", "*.example.com", true), ("b.a.example.com", "*.example.com", false),
            ("example.com", "*.example.com", false), (".example.com", "*.example.com", false),
            ("notexample.com", "example.com", false), ("a.example.com", "a*.example.com", false),
            ("a.example.com", "*a.example.com", false), ("a.b.example.com", "a.*.example.com", false),
            ("a.b.example.com", "*.*.example.com", false), ("example.com", "*.com", false), ("com", "*", false),
            ("a.example.com", "a.example.com\0.evil.test", false), ("a.example.com", "", false),
        ]
    )
    func names(host: String, pattern: String, matches: Bool) {
        var names = CertificateNames()
        names.hosts = ["other.test", pattern]
        #expect(ServerIdentity(host).isNamed(by: names) == matches)
    }

    @Test("Addresses match only addresses, in any spelling, and names only names")
    func addresses() throws {
        var names = CertificateNames()
        names.hosts = ["127.0.0.1", "*.0.0.1"]
        #expect(!ServerIdentity("127.0.0.1").isNamed(by: names))
        names.addresses = [try #require(IPAddress("192.0.2.7")), try #require(IPAddress("2001:db8::1"))]
        #expect(ServerIdentity("192.0.2.7").isNamed(by: names))
        #expect(ServerIdentity("2001:0db8:0:0:0:0:0:1").isNamed(by: names))
        #expect(!ServerIdentity("192.0.2.8").isNamed(by: names))
        #expect(!ServerIdentity("example.com").isNamed(by: names))
        #expect(ServerIdentity("192.0.2.7").serverName == nil)
        #expect(ServerIdentity("A.test.").serverName == "a.test")
    }

    @Test("The names of a certificate are read, and cut or changed bytes never trap")
    func names() throws {
        let pem = Array(TestCertificates.serverCertificate.utf8)
        let der = try #require(try NIOSSLCertificate.fromPEMBytes(pem).first).toDERBytes()
        let names = CertificateNames(der: der)
        #expect(names.hosts == ["localhost", "*.streams.test"])
        #expect(names.addresses.map(\.description) == ["127.0.0.1", "::1"])
        #expect(!names.isSelfIssued)
        for end in der.indices { _ = CertificateNames(der: Array(der[..<end])) }
        for index in der.indices {
            for value: UInt8 in [0, 0x7F, 0x80, 0x84, 0xFF] {
                var changed = der
                changed[index] = value
                _ = CertificateNames(der: changed)
            }
        }
        let alone = Array(TestCertificates.aloneCertificate.utf8)
        let own = try #require(try NIOSSLCertificate.fromPEMBytes(alone).first).toDERBytes()
        #expect(CertificateNames(der: own).isSelfIssued)
    }

    @Test(
        "Addresses are told from names, and those of this machine from others",
        arguments: [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true), ("128.0.0.1", false),
            ("::2", false), ("0.0.0.0", false),
        ]
    )
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == isLoopback)
        #expect(try #require(IPAddress(text)).description == text)
        for name in ["localhost", "1.2.3", "[::1]", "", "1.2.3.4 ", "127.0.0.1\0x"] { #expect(IPAddress(name) == nil) }
    }
}
