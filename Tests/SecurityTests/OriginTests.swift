import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: pages of other sites", .serialized)
struct OriginTests {
    @Test(
        "By default a page of another host is refused with 403; the same host, and who is no browser, may connect",
        arguments: [
            ("https://evil.example", false), ("http://127.0.0.1.evil.example", false), ("http://evil127.0.0.1", false),
            ("http://127.0.0.1:1", false), ("null", false), ("", false), ("http://127.0.0.1@evil.example", false),
            ("http://127.0.0.1", true), ("https://127.0.0.1", true), (nil, true),
        ] as [(String?, Bool)]
    )
    func sameHost(origin: String?, mayConnect: Bool) async throws {
        try await Attack.server { port in
            let peer = try await RawPeer.connect(to: port)
            try await peer.send(Attack.request(origin: origin))
            #expect(try await peer.receiveHead().hasPrefix(mayConnect ? "HTTP/1.1 101 " : "HTTP/1.1 403 "))
            await peer.close()
        }
    }

    @Test("The mock agent accepts every origin, as agentctl does; its token keeps a page out")
    func mockAgent() async throws {
        var configuration = MockServerConfiguration()
        configuration.token = "secret"
        try await withMockServer(configuration) { server in
            let peer = try await RawPeer.connect(to: server.port)
            let path = server.streamURL.target
            let request = String(decoding: Attack.request(origin: "https://evil.example"), as: UTF8.self)
            try await peer.send(Array(request.replacing("GET /", with: "GET \(path)", maxReplacements: 1).utf8))
            #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 401 "))
            await peer.close()
        }
    }
}
