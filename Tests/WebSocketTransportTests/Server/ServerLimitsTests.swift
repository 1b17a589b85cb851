import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Limits of the server", .timeLimit(.minutes(1)))
struct ServerLimitsTests {
    /// Connects, and tries again while the server says that it is full.
    private func connectWhenPossible(to port: Int) async throws -> WebSocketConnection {
        let connected = Recorder<WebSocketConnection>()
        try await eventually("room") {
            let result = try await Result.catching { try await connectClient(to: port) }
            if case .success(let connection) = result { connected.append(connection) }
            return connected.values.count == 1
        }
        return try #require(connected.values.first)
    }

    @Test("A connection too many gets a 503 with Retry-After; when one has ended there is room again")
    func maximumConnections() async throws {
        let server = try await WebSocketServer.bind(.test { $0.maximumConnections = 2 })
        try await withServer(server, echoHandler) {
            let first = try await connectClient(to: server.port)
            let second = try await connectClient(to: server.port)
            for _ in 0..<3 {
                let result = try await Result.catching { try await connectClient(to: server.port) }
                let refusal = (result.error as? WebSocketError)?.refusal
                #expect(refusal?.status == 503)
                #expect(refusal?.fields.values(for: "Retry-After") == ["5"])
            }
            try await first.send(text: "still here")
            #expect(try await first.texts(1) == ["still here"])
            await second.close()
            let third = try await self.connectWhenPossible(to: server.port)
            await third.close()
            await first.close()
        }
    }

    @Test("A handshake too many gets a 503 without a word of its own; a complete handshake makes room")
    func maximumHandshakes() async throws {
        let server = try await WebSocketServer.bind(.test { $0.maximumHandshakes = 1 })
        try await withServer(server, echoHandler) {
            // The server may accept two sockets in another order than they connect: one of them is the slow one.
            let (one, two) = (try await RawPeer.connect(to: server.port), try await RawPeer.connect(to: server.port))
            try await eventually("the other's end") { one.isInputEnded || two.isInputEnded }
            let (slow, other) = one.isInputEnded ? (two, one) : (one, two)
            #expect(try await other.receiveHead().hasPrefix("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n"))
            try await other.expectClosed()
            await other.close()
            try await slow.send(rawRequest())
            #expect(try await slow.receiveHead().hasPrefix("HTTP/1.1 101 "))
            let next = try await connectClient(to: server.port)
            await next.close()
            await slow.close()
        }
    }

    @Test("A crowd beyond the limit is closed in bounded time, with or without an answer, and accepting goes on")
    func crowd() async throws {
        let server = try await WebSocketServer.bind(.test { $0.maximumConnections = 1 })
        try await withServer(server, echoHandler) {
            let held = try await connectClient(to: server.port)
            var crowd: [RawPeer] = []
            for _ in 0..<300 { crowd.append(try await RawPeer.connect(to: server.port)) }
            for peer in crowd { try await peer.expectClosed(within: .seconds(9)) }
            let answered = crowd.count { $0.receivedCount > 0 }
            #expect((1...300).contains(answered))
            for peer in crowd { await peer.close() }
            #expect(server.connectionCount == 1)
            await held.close()
            let next = try await self.connectWhenPossible(to: server.port)
            await next.close()
        }
    }

    @Test("A head that drips in byte by byte has no more time than one that does not come")
    func drippingHead() async throws {
        let server = try await WebSocketServer.bind(.test { $0.handshakeTimeout = .milliseconds(100) })
        try await withServer(server, echoHandler) {
            let peer = try await RawPeer.connect(to: server.port)
            let drip = Array("GET / HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 0x78, count: 8000)
            try await eventually("the end", within: .seconds(9)) {
                guard !peer.isInputEnded else { return true }
                peer.sendLater([drip[min(peer.receivedCount, drip.count - 1)]])
                return false
            }
            #expect(peer.received.isEmpty)
            await peer.close()
        }
    }

    @Test("A handler that takes too long: the client gets a 503, and an answer that comes later is of no use")
    func answerTimeout() async throws {
        let server = try await WebSocketServer.bind(.test { $0.answerTimeout = .milliseconds(50) })
        let (mayAnswer, errors) = (Counter(), Recorder<any Error>())
        try await withServer(
            server,
            { request in
                try? await eventually("the test") { mayAnswer.value > 0 }
                if request.head.path == "/late" { try? request.respond(status: 200) }
                do { _ = try await request.accept() } catch { errors.append(error) }
            }
        ) {
            for path in ["/", "/late"] {
                let peer = try await RawPeer.connect(to: server.port)
                try await peer.send(rawRequest("GET \(path) HTTP/1.1"))
                try await peer.expectClosed(within: .seconds(9))
                #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 503 "))
                await peer.close()
            }
            mayAnswer.increment()
            try await eventually("both handlers") { errors.values.count == 2 }
        }
        #expect(errors.values.allSatisfy { ($0 as? WebSocketError)?.code == .connectionLost })
    }

    @Test("Without an answer timeout a handler has all the time it likes")
    func noAnswerTimeout() async throws {
        let server = try await WebSocketServer.bind(
            .test {
                $0.answerTimeout = nil
                $0.handshakeTimeout = .milliseconds(50)
            }
        )
        let mayAnswer = Counter()
        try await withServer(
            server,
            { request in
                try? await eventually("the test") { mayAnswer.value > 0 }
                await echoHandler(request)
            }
        ) {
            let slow = try await RawPeer.connect(to: server.port)
            try await slow.send(rawRequest())
            // A client that never sends its head is closed during this time, because the handshake timeout is over.
            let silent = try await RawPeer.connect(to: server.port)
            try await silent.expectClosed(within: .seconds(9))
            mayAnswer.increment()
            #expect(try await slow.receiveHead().hasPrefix("HTTP/1.1 101 "))
            await slow.close()
            await silent.close()
        }
    }

    @Test(
        "A limit that makes no sense is refused before listening",
        arguments: [
            WebSocketServerConfiguration.test { $0.maximumConnections = 0 }, .test { $0.maximumHandshakes = -1 },
            .test { $0.answerTimeout = .zero }, .test { $0.handshakeLimits.maximumHeadBytes = 0 },
            .test { $0.compression = PermessageDeflate.with { $0.level = 10 } },
            .test { $0.policy.subprotocols = ["a", "a"] },
        ]
    )
    func validation(configuration: WebSocketServerConfiguration) async throws {
        let error = await #expect(throws: WebSocketError.self) { _ = try await WebSocketServer.bind(configuration) }
        #expect(error?.code == .invalidConfiguration)
    }
}

extension PermessageDeflate {
    fileprivate static func with(_ change: (inout Self) -> Void) -> Self {
        var deflate = Self()
        change(&deflate)
        return deflate
    }
}
