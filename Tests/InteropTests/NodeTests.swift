import Testing

@Suite("ws (Node.js)", .enabled(if: Peer.node.isAvailable, "run scripts/interop-env"), .timeLimit(.minutes(2)))
struct NodeTests {
    @Test("As a server it understands our client, and our client it", arguments: Scenario.all)
    func server(scenario: Scenario) async throws { try await Peer.node.serve(scenario) }

    @Test("As a client it understands our server, and our server it", arguments: Scenario.all)
    func client(scenario: Scenario) async throws { try await Peer.node.connect(scenario) }
}
