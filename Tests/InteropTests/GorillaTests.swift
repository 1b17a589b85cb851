import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("gorilla/websocket (Go)", .enabled(if: Peer.go.isAvailable, "run scripts/interop-env"), .timeLimit(.minutes(2)))
struct GorillaTests {
    @Test("As a server it understands our client, and our client it", arguments: Scenario.all)
    func server(scenario: Scenario) async throws {
        var scenario = scenario
        // See `ignoredWindow`.
        scenario.ours.serverBits = nil
        try await Peer.go.serve(scenario)
    }

    @Test("As a client it understands our server, and our server it", arguments: Scenario.all)
    func client(scenario: Scenario) async throws { try await Peer.go.connect(scenario) }

    @Test("It says yes to a window that it can't keep, and our client does not believe it (RFC 7692 §7.1.2.1)")
    func ignoredWindow() async throws {
        try await Peer.go.withServer { port, _ in
            let wish = DeflateWish(serverBits: 9)
            let error = await #expect(throws: WebSocketError.self) {
                _ = try await connectOurClient(to: port, "/?deflate", wish.configuration(as: .client))
            }
            #expect(error?.code == .handshakeFailed)
            #expect((error?.cause as? HandshakeError)?.code == .invalidExtension)
        }
    }
}
