import Testing

@Suite("gorilla/websocket (Go)", .enabled(if: Peer.go.isAvailable, "run scripts/interop-env"), .timeLimit(.minutes(2)))
struct GorillaTests {
    @Test("As a server it understands our client, and our client it", arguments: Scenario.all)
    func server(scenario: Scenario) async throws { try await Peer.go.serve(scenario) }

    @Test("As a client it understands our server, and our server it", arguments: Scenario.all)
    func client(scenario: Scenario) async throws { try await Peer.go.connect(scenario) }

    @Test("It says yes to a window that it will not keep, and our client does not believe it (RFC 7692 §7.1.2.1)")
    func ignoredWindow() async throws { try await Peer.go.ignoreWindow() }
}
