import Testing

@Suite("libwebsockets (C)", .enabled(if: Peer.c.isAvailable, "run scripts/interop-env"), .timeLimit(.minutes(2)))
struct LibwebsocketsTests {
    @Test("As a server it understands our client, and our client it", arguments: Scenario.all)
    func server(scenario: Scenario) async throws { try await Peer.c.serve(scenario) }

    @Test(
        "As a client it understands our server, and our server it",
        // Without a context, a message that compression makes larger is sent uncompressed; see `Peer.mixesMessages`.
        arguments: Scenario.all.filter(\.ours.serverTakeover)
    )
    func client(scenario: Scenario) async throws { try await Peer.c.connect(scenario) }

    @Test("It says yes to a window that it will not keep, and our client does not believe it (RFC 7692 §7.1.2.1)")
    func ignoredWindow() async throws { try await Peer.c.ignoreWindow() }
}
