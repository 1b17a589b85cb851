import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

extension Peer {
    /// Runs `body` with the port of the peer as a server.
    func withServer(_ body: (Int, RunningProgram) async throws -> Void) async throws {
        let server = try self.start(["server"])
        defer { server.end() }
        let port = try #require(Int(try await server.line(0)), "no port: \(server.output)")
        try await body(port, server)
    }

    /// Tests our client with this server: every message, then one connection closed by each side.
    func serve(_ scenario: Scenario) async throws {
        var scenario = scenario
        if !self.keepsServerWindow { scenario.ours.serverBits = nil }
        try await self.withServer { port, server in
            for isClosedByUs in [false, true] {
                let connection = try await connectOurClient(
                    to: port,
                    scenario.path("echo"),
                    scenario.ours.configuration(as: .client),
                    subprotocols: scenario.offersSubprotocols ? ["v0", "v1"] : []
                )
                scenario.check(connection, self, .client)
                try await Exchange(connection: connection, peer: self).run(closes: isClosedByUs)
            }
            try await server.waitForLine(Exchange.closedLine)
        }
    }

    /// Tests our client with this server, which ignores the window in the offer.
    func ignoreWindow() async throws {
        try await self.withServer { port, _ in
            let wish = DeflateWish(serverBits: 9)
            let error = await #expect(throws: WebSocketError.self) {
                _ = try await connectOurClient(to: port, "/?deflate", wish.configuration(as: .client))
            }
            #expect(error?.code == .handshakeFailed)
            #expect((error?.cause as? HandshakeError)?.code == .invalidExtension)
        }
    }

    /// Tests our server with this client: the same, and a refusal.
    func connect(_ scenario: Scenario) async throws {
        let done = Recorder<String>()
        let handle: @Sendable (Int, ServerRequest) async throws -> Void = { _, request in
            let name = request.head.target.split(separator: "?")[0]
            defer { done.append(String(name)) }
            guard name != "/nothing" else { return try request.respond(status: 404) }
            let connection = try await request.accept()
            scenario.check(connection, self, .server)
            try await Exchange(connection: connection, peer: self).run(closes: name == "/us")
        }
        try await withOurServers([scenario.ours.configuration(as: .server)], handle) { ports in
            let names = ["peer", "us", "nothing"]
            let client = try self.start(["client"] + names.map { "ws://127.0.0.1:\(ports[0])" + scenario.path($0) })
            defer { client.end() }
            try await client.waitForEnd()
            #expect(client.lines.contains(Exchange.closedLine[...]), "\(client.output)")
            #expect(client.lines.contains("refused 404"), "\(client.output)")
        }
        #expect(done.values.sorted() == ["/nothing", "/peer", "/us"])
    }
}

extension Exchange {
    /// Tests everything and a close by the peer, or a short exchange and a close by us.
    fileprivate func run(closes: Bool) async throws {
        guard closes else {
            try await self.everything()
            return try await self.letPeerClose()
        }
        try await self.echo([Delivery(message: WebSocketMessage(text: "one"))])
        await self.closeOurselves()
    }
}
