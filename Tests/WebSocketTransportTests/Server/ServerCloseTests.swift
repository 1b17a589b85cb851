import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("A close of the server", .timeLimit(.minutes(1)))
struct ServerCloseTests {
    /// 100 sockets: clients that answer, peers that never answer, and incomplete handshakes.
    private struct Crowd {
        var clients: [WebSocketConnection] = []
        var silent: [RawPeer] = []
        var unfinished: [RawPeer] = []
        var unanswered: [RawPeer] = []

        init(of server: WebSocketServer) async throws {
            for _ in 0..<40 { self.clients.append(try await connectClient(to: server.port)) }
            for _ in 0..<20 { self.silent.append(try await Self.peer(of: server, sending: rawRequest())) }
            for _ in 0..<20 {
                self.unfinished.append(try await Self.peer(of: server, sending: Array("GET / HTTP/1.1\r\nHos".utf8)))
            }
            for _ in 0..<20 {
                self.unanswered.append(try await Self.peer(of: server, sending: rawRequest("GET /held HTTP/1.1")))
            }
        }

        private static func peer(of server: WebSocketServer, sending bytes: [UInt8]) async throws -> RawPeer {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(bytes)
            return peer
        }

        var peers: [RawPeer] { self.silent + self.unfinished + self.unanswered }
    }

    @Test("100 sockets in every state are told 1001 or closed, in bounded time, and run returns")
    func crowd() async throws {
        let server = try await WebSocketServer.bind(.test { $0.connection.closing.timeout = .milliseconds(500) })
        let (held, mayAnswer, late) = (Counter(), Counter(), Recorder<any Error>())
        let running = Task {
            await server.run { request in
                guard request.head.path == "/held" else { return await echoHandler(request) }
                held.increment()
                try? await eventually("the test") { mayAnswer.value > 0 }
                do { _ = try await request.accept() } catch { late.append(error) }
            }
        }
        let crowd = try await Crowd(of: server)
        try await eventually("all") { server.connectionCount == 60 && held.value == 20 }

        try await withTimeout("the close", .seconds(10)) { await server.close(reason: "maintenance") }
        #expect(server.connectionCount == 0)
        for client in crowd.clients {
            let closure = try await client.waitUntilClosed()
            #expect(closure.received == CloseFrame(.goingAway, reason: "maintenance"))
            #expect(closure.isClean && closure.initiator == .remote)
        }
        for peer in crowd.silent {
            #expect(try await peer.receiveFrames(1, masked: false) == [WireFrame(close: 1001, "maintenance")])
        }
        for peer in crowd.peers { try await peer.expectClosed() }
        #expect(crowd.unfinished.allSatisfy { $0.received.isEmpty })
        #expect(crowd.unanswered.allSatisfy { $0.received.isEmpty })

        let result = try await Result.catching { try await connectClient(to: server.port) }
        #expect((result.error as? WebSocketError)?.code == .connectFailed)
        // Handlers are never cancelled: run waits for them.
        mayAnswer.increment()
        try await withTimeout("end of run") { await running.value }
        #expect(late.values.count == 20)
        #expect(late.values.allSatisfy { ($0 as? WebSocketError)?.code == .connectionLost })
        for peer in crowd.peers { await peer.close() }
    }

    @Test("Clients that connect all the while are either told 1001 or not connected")
    func race() async throws {
        for _ in 0..<20 {
            let server = try await WebSocketServer.bind(.test())
            let running = Task { await server.run(echoHandler) }
            await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        guard let client = try? await connectClient(to: server.port) else { return }
                        let closure = await client.waitUntilClosedUncancelled()
                        // Closed before its 101 was handled, or with the Close frame.
                        #expect(closure.received?.code == .goingAway || closure.received == nil)
                    }
                }
                await server.close()
                await running.value
            }
            #expect(server.connectionCount == 0)
        }
    }
}
