import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: slow and silent peers", .serialized)
struct SlowPeerTests {
    /// Sends single bytes with pauses, until the other end closes.
    private static func drip(_ bytes: [UInt8], to peer: RawPeer) async throws {
        for byte in bytes where !peer.isInputEnded {
            guard (try? await peer.send([byte])) != nil else { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test("A client that drips its request is cut when the time is over, however steadily it drips")
    func drippingRequest() async throws {
        try await Attack.server {
            $0.handshakeTimeout = .milliseconds(200)
        } _: { port in
            let peer = try await RawPeer.connect(to: port)
            let start = ContinuousClock.now
            // 2,000 bytes would take 20 s.
            try await Self.drip(Attack.request("X: " + String(repeating: "y", count: 2000) + "\r\n"), to: peer)
            try await peer.expectClosed()
            #expect(ContinuousClock.now - start < .seconds(15))
            #expect(peer.received.isEmpty)
            await peer.close()
        }
    }

    @Test("A server that drips its response fails the attempt when the time is over")
    func drippingResponse() async throws {
        let server = try await RawServer.start()
        async let connecting = Result.catching {
            try await connectClient(to: server.port) { $0.connectTimeout = .milliseconds(200) }
        }
        let peer = try await server.peer()
        let response = try await Attack.response(to: peer, "X: " + String(repeating: "y", count: 2000) + "\r\n")
        try await Self.drip(response, to: peer)
        let error = try await connecting.error as? WebSocketError
        #expect(error?.code == .connectTimedOut)
        try await peer.expectClosed()
        await server.close()
    }

    @Test("Half a frame, then silence: the keepalive ends the connection", arguments: Role.allCases)
    func halfAFrame(role: Role) async throws {
        var keepalive = ConnectionConfiguration.Keepalive()
        (keepalive.interval, keepalive.timeout) = (.milliseconds(50), .milliseconds(50))
        let configuration = ConnectionConfiguration.test.with { [keepalive] in $0.keepalive = keepalive }
        try await Attack.open(role, configuration) { peer in
            let frame = RawFrame(.binary, [UInt8](repeating: 1, count: 100), from: role.peer).bytes
            try await peer.send(Array(frame.prefix(50)))
            try await peer.expectClosed()
        }
    }

    @Test("A peer that answers Pings and sends no message is ended by the message timeout")
    func noMessages() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.messageTimeout = .milliseconds(100) }
        try await Attack.client(configuration) { connection, peer in
            var sent = 0
            while !peer.isInputEnded, sent < 1000 {
                guard (try? await peer.send(RawFrame(.pong).bytes)) != nil else { break }
                try await Task.sleep(for: .milliseconds(10))
                sent += 1
            }
            let closure = try await connection.waitUntilClosed()
            #expect(closure.error?.code == .messageTimedOut)
        }
    }
}
