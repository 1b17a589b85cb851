import NIOSSL
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("A server that TLS refuses", .timeLimit(.minutes(1)))
struct TLSRefusalTests {
    /// A server, the host that the client expects, and the client's error.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var identity = TLSIdentity.server
        var serverName: String?
        var roots = WebSocketTLSConfiguration.TrustRoots.certificates(.text(TestCertificates.authority))
        var code: WebSocketError.Code
        var says: String
    }

    static let refusals = [
        Refusal(testDescription: "self-signed", identity: .alone, code: .tlsUntrusted, says: "is self-signed"),
        Refusal(testDescription: "unknown authority", roots: .system, code: .tlsUntrusted, says: "authority"),
        Refusal(testDescription: "expired", identity: .expired, code: .tlsExpired, says: "has expired"),
        // SwiftNIO does not show which of the two it is.
        Refusal(testDescription: "expired issuer", identity: .under, code: .tlsUntrusted, says: "or that has expired"),
        Refusal(testDescription: "early", identity: .early, code: .tlsExpired, says: "not valid yet"),
        Refusal(testDescription: "another host", identity: .elsewhere, code: .tlsWrongHost, says: "elsewhere.test"),
        Refusal(testDescription: "common name only", identity: .nameless, code: .tlsWrongHost, says: "no host at all"),
        Refusal(testDescription: "deeper host", serverName: "b.a.streams.test", code: .tlsWrongHost, says: "b.a."),
        Refusal(testDescription: "other address", serverName: "127.0.0.2", code: .tlsWrongHost, says: "127.0.0.2"),
    ]

    /// Connects to a server with this identity, and returns the error.
    private func error(
        _ server: WebSocketServerConfiguration,
        _ client: WebSocketClientConfiguration
    ) async throws -> WebSocketError {
        var error: (any Error)?
        try await withEchoServer(server) { server in
            let url = try WebSocketURL(scheme: .wss, host: "localhost", port: server.port)
            error = try await Result.catching {
                try await WebSocketClient.connect(to: url, configuration: client)
            }.error
        }
        return try #require(error as? WebSocketError)
    }

    @Test("The error says which of the checks it was", arguments: Self.refusals)
    func refused(_ refusal: Refusal) async throws {
        let error = try await self.error(
            .secure(refusal.identity),
            .secure {
                $0.tls.trustRoots = refusal.roots
                $0.tls.serverName = refusal.serverName
            }
        )
        #expect(error.code == refusal.code, "\(error)")
        #expect(error.message.contains(refusal.says), "\(error)")
    }

    @Test("A server that vouches for itself is trusted by naming its certificate")
    func pinned() async throws {
        try await withEchoServer(.secure(.alone)) { server in
            let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: server.port)
            let roots = PEMSource.text(TestCertificates.aloneCertificate)
            let configuration = WebSocketClientConfiguration.secure { $0.tls.trustRoots = .certificates(roots) }
            try await expectEcho(on: WebSocketClient.connect(to: url, configuration: configuration))
        }
    }

    @Test("A wildcard stands for one label")
    func wildcard() async throws {
        try await withEchoServer(.secure()) { server in
            let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: server.port)
            let configuration = WebSocketClientConfiguration.secure { $0.tls.serverName = "a.streams.test" }
            try await expectEcho(on: WebSocketClient.connect(to: url, configuration: configuration))
        }
    }

    // MARK: Client certificates

    private static func asking(_ configuration: inout WebSocketServerConfiguration) {
        configuration.tls?.clientTrustRoots = .text(TestCertificates.authority)
    }

    @Test("A client that shows the certificate that is asked for gets in")
    func clientCertificate() async throws {
        try await withEchoServer(.secure(.server, Self.asking)) { server in
            let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: server.port)
            let configuration = WebSocketClientConfiguration.secure { $0.tls.identity = .client }
            try await expectEcho(on: WebSocketClient.connect(to: url, configuration: configuration))
        }
    }

    @Test(
        "A client without a certificate, or with one of a stranger, is refused",
        arguments: [nil, TLSIdentity.stranger]
    )
    func clientCertificateRefused(identity: TLSIdentity?) async throws {
        let error = try await self.error(.secure(.server, Self.asking), .secure { $0.tls.identity = identity })
        // The reset of a connection that ended with unread bytes may lose the alert.
        #expect([.tlsFailed, .connectFailed].contains(error.code), "\(error)")
        if error.code == .tlsFailed { #expect(error.message.contains(identity == nil ? "REQUIRED" : "CA"), "\(error)") }
    }

    // MARK: Versions

    @Test("A server that only speaks older versions than are accepted is refused", arguments: [true, false])
    func oldVersion(isDefault: Bool) async throws {
        let probe = try await TLSProbe.start(maximumVersion: isDefault ? .tlsv11 : .tlsv12)
        let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: probe.port)
        let configuration = WebSocketClientConfiguration.secure {
            if !isDefault { $0.tls.minimumVersion = .tls13 }
        }
        let result = try await Result.catching {
            try await WebSocketClient.connect(to: url, configuration: configuration)
        }
        let error = try #require(result.error as? WebSocketError)
        #expect(error.code == .tlsFailed, "\(error)")
        #expect(error.message.contains("PROTOCOL"), "\(error)")
        await probe.close()
    }

    // MARK: Servers without TLS

    @Test("A server that speaks no TLS is named as such")
    func plain() async throws {
        let server = try await RawServer.start(greeting: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: server.port)
        let result = try await Result.catching { try await WebSocketClient.connect(to: url, configuration: .secure()) }
        let error = try #require(result.error as? WebSocketError)
        #expect(error.code == .tlsFailed)
        #expect(error.message.contains("speak TLS"), "\(error)")
        for peer in server.peers { try await peer.expectClosed() }
        await server.close()
    }

    @Test("A server that ends the connection in the TLS handshake was not connected to", arguments: [true, false])
    func ends(byReset: Bool) async throws {
        let server = try await RawServer.start()
        let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: server.port)
        let task = Task { try await WebSocketClient.connect(to: url, configuration: .secure()) }
        let peer = try await server.peer()
        try await eventually("the client's first words") { peer.receivedCount > 0 }
        if byReset { await peer.reset() } else { await peer.close() }
        let error = try #require(await task.result.error as? WebSocketError)
        #expect(error.code == .connectFailed, "\(error)")
        #expect(error.reason == (byReset ? .reset : .ended), "\(error)")
        #expect(error.message.contains("in the TLS handshake"), "\(error)")
        await server.close()
    }

    @Test("A server that says nothing in the TLS handshake is given up in time, and its socket closed")
    func silent() async throws {
        let server = try await RawServer.start()
        let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: server.port)
        try await withAnyTime { time in
            let result = try await Result.catching {
                try await WebSocketClient.connect(to: url, configuration: .secure { $0.connectTimeout = time })
            }
            let error = try #require(result.error as? WebSocketError)
            #expect(error.code == .connectTimedOut)
            return error.message.contains("TLS handshake") && !server.peers.isEmpty
        }
        for peer in server.peers { try await peer.expectClosed() }
        await server.close()
    }

    @Test("Cancelling in the TLS handshake ends the attempt and its socket")
    func cancelled() async throws {
        let server = try await RawServer.start()
        let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: server.port)
        let task = Task { try await WebSocketClient.connect(to: url, configuration: .secure()) }
        let peer = try await server.peer()
        try await eventually("the client's first words") { peer.receivedCount > 0 }
        task.cancel()
        let result = try await withTimeout("the cancelled attempt", .seconds(9)) { await task.result }
        #expect(result.error is CancellationError)
        try await peer.expectClosed()
        await server.close()
    }

    @Test("A client that says nothing in the TLS handshake is closed by our server in time")
    func silentClient() async throws {
        try await withEchoServer(.secure { $0.handshakeTimeout = .milliseconds(50) }) { server in
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.expectClosed()
            await peer.close()
        }
    }
}
