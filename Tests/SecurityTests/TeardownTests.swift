import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: ends in the middle of the handshake", .serialized)
struct TeardownTests {
    /// How far the server lets an attempt go before it is cancelled.
    enum Stage: CaseIterable { case connecting, requestSent, headHalfSent, refusalHalfSent, opened }

    @Test("An attempt that is cancelled at any await leaves no socket", arguments: Stage.allCases)
    func cancelled(stage: Stage) async throws {
        let server = try await RawServer.start()
        let before = ProcessResources.socketCount ?? 0
        for index in 0..<20 {
            let attempt = Task { try await connectClient(to: server.port) }
            if stage != .connecting {
                let peer = try await server.peer(index)
                let response = try await Attack.response(to: peer)
                switch stage {
                case .headHalfSent: try await peer.send(Array(response.prefix(response.count / 2)))
                case .refusalHalfSent: try await peer.send(Array("HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nno".utf8))
                case .opened: try await peer.send(response)
                default: break
                }
            }
            attempt.cancel()
            let result = await attempt.result
            // If the 101 came first, there is a connection that no code uses any more.
            if case .success(let connection) = result { connection.abort() }
            #expect(stage == .opened || result.error is CancellationError)
        }
        await server.close()
        // The number of sockets before includes the listener.
        try await eventually("the sockets to be closed") { (ProcessResources.socketCount ?? 0) < before }
    }

    @Test("A client that resets its connection at any byte of its request, or after, leaves a server no socket")
    func resetDuringUpgrade() async throws {
        let request = Attack.request() + RawFrame(.text, [0x61], from: .client).bytes
        try await Attack.server { port in
            let before = ProcessResources.socketCount ?? 0
            for length in stride(from: 0, through: request.count, by: 3) {
                let peer = try await RawPeer.connect(to: port)
                try await peer.send(Array(request.prefix(length)))
                await peer.reset()
            }
            try await eventually("the sockets to be closed") { (ProcessResources.socketCount ?? 0) <= before }
        }
    }
}
