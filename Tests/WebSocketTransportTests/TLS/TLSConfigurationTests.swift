import Foundation
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("A TLS configuration", .timeLimit(.minutes(1)))
struct TLSConfigurationTests {
    @Test("One that can't be used is refused before a socket is opened, and keys are not shown")
    func unusable() async throws {
        let server = try await RawServer.start()
        let url = try WebSocketURL(scheme: .wss, host: "127.0.0.1", port: server.port)
        let changes: [(String, (inout WebSocketTLSConfiguration) -> Void)] = [
            ("/nowhere/roots.pem", { $0.trustRoots = .certificates(.file("/nowhere/roots.pem")) }),
            ("trustRoots", { $0.trustRoots = .certificates(.text("no PEM")) }),
            (
                "privateKey",
                {
                    let chain = PEMSource.text(TestCertificates.clientCertificate)
                    $0.identity = .init(certificateChain: chain, privateKey: .text(""))
                }
            ),
            (
                "belong together",
                {
                    $0.identity = .init(
                        certificateChain: .text(TestCertificates.clientCertificate),
                        privateKey: .text(TestCertificates.serverKey)
                    )
                }
            ),
        ]
        for (name, change) in changes {
            let configuration = WebSocketClientConfiguration.secure { change(&$0.tls) }
            let result = try await Result.catching {
                try await WebSocketClient.connect(to: url, configuration: configuration)
            }
            let error = try #require(result.error as? WebSocketError)
            #expect(error.code == .invalidConfiguration, "\(error)")
            #expect(error.message.contains(name), "\(error)")
            #expect(!"\(error)".contains("PRIVATE KEY"))
        }
        #expect(server.peers.isEmpty)
        await server.close()
    }

    @Test("A server's that can't be used is refused before it listens")
    func unusableServer() async throws {
        let identity = TLSIdentity(certificateChain: .file("/nowhere/chain.pem"), privateKey: .text(""))
        let error = await #expect(throws: WebSocketError.self) { try await WebSocketServer.bind(.secure(identity)) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("/nowhere/chain.pem") == true)
    }

    @Test("Connections share what was parsed, unless it came from files, which may change")
    func shared() async throws {
        var configuration = WebSocketTLSConfiguration()
        configuration.serverName = "a.test"
        let context = try TLSContext.client(configuration)
        configuration.serverName = "b.test"
        #expect(try TLSContext.client(configuration) === context)
        configuration.minimumVersion = .tls13
        #expect(try TLSContext.client(configuration) !== context)
        let file = FileManager.default.temporaryDirectory.appending(path: "wsstream-\(UUID().uuidString).pem")
        try Data(TestCertificates.authority.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        configuration.trustRoots = .certificates(.file(file.path))
        let first = try TLSContext.client(configuration)
        #expect(try TLSContext.client(configuration) !== first)
    }

    @Test("A key is not shown, however it is printed")
    func redacted() {
        let identity = TLSIdentity.server
        var dumped = ""
        dump(identity, to: &dumped)
        for text in ["\(identity)", String(reflecting: identity), dumped] {
            #expect(!text.contains("BEGIN"), "\(text)")
        }
    }
}
