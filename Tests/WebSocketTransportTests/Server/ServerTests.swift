import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("The server", .timeLimit(.minutes(1)))
struct ServerTests {
    @Test("Client and server exchange messages, agree on a subprotocol, and close cleanly on both ends")
    func echo() async throws {
        let server = try await WebSocketServer.bind(.test { $0.policy.subprotocols = ["v2", "v1"] })
        let closures = Recorder<WebSocketClosure>()
        try await withServer(
            server,
            { request in
                guard let connection = try? await request.accept() else { return }
                #expect(connection.subprotocol == "v1")
                do {
                    for try await message in connection.messages { try await connection.send(message) }
                    closures.append(try await connection.waitUntilClosed())
                } catch { Issue.record(error) }
            }
        ) {
            let connection = try await connectClient(to: server.port) { $0.subprotocols = ["v0", "v1"] }
            #expect(connection.subprotocol == "v1")
            #expect(server.connectionCount == 1)
            for index in 0..<100 { try await connection.send(text: "message \(index)") }
            #expect(try await connection.texts(100) == (0..<100).map { "message \($0)" })
            let closure = await connection.close(.normalClosure, reason: "done")
            #expect(closure.isClean)
            try await eventually("end on the server") { closures.values.count == 1 && server.connectionCount == 0 }
            #expect(closures.values.first?.received == CloseFrame(.normalClosure, reason: "done"))
            #expect(closures.values.first?.initiator == .remote)
        }
    }

    @Test(
        "A request as it is sent to a proxy opens the WebSocket, and the handler sees its path and its host",
        arguments: ["http://a.test:81/x?y", "ws://a.test:81/x?y", "\r\n\r\nGET http://a.test:81/x?y"]
    )
    func absoluteForm(target: String) async throws {
        let server = try await WebSocketServer.bind(.test())
        let seen = Recorder<HTTPRequestHead>()
        try await withServer(
            server,
            { request in
                seen.append(request.head)
                await echoHandler(request)
            }
        ) {
            let peer = try await RawPeer.connect(to: server.port)
            let line = target.contains("GET") ? "\(target) HTTP/1.1" : "GET \(target) HTTP/1.1"
            try await peer.send(rawRequest(line, changing: ["Origin": "http://a.test:81"]))
            #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 101 "))
            #expect(seen.values.map(\.target) == ["/x?y"])
            #expect(seen.values.map(\.authority) == ["a.test:81"])
            await peer.close()
        }
    }

    @Test(
        "What asks for another server, or for all of this one, gets a status and what is allowed",
        arguments: [("CONNECT a.test:443", "405"), ("OPTIONS *", "405"), ("GET *", "400"), ("GET ftp://a/", "400")]
    )
    func otherForms(line: String, status: String) async throws {
        let server = try await WebSocketServer.bind(.test())
        try await withServer(server, echoHandler) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(rawRequest("\(line) HTTP/1.1"))
            let head = try await peer.receiveHead()
            #expect(head.hasPrefix("HTTP/1.1 \(status) "))
            #expect(head.contains("\r\nAllow: GET\r\n") == (status == "405"))
            await peer.close()
        }
    }

    @Test("The server ends TCP right after both Close frames, without waiting for the client")
    func endsTCP() async throws {
        let server = try await WebSocketServer.bind(.test { $0.connection.closing.linger = .seconds(10) })
        try await withServer(server, echoHandler) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(rawRequest())
            _ = try await peer.receiveHead()
            try await peer.send(WireFrame(close: 1000, isMasked: true))
            #expect(try await peer.receiveFrames(1, masked: false) == [WireFrame(close: 1000)])
            try await peer.expectClosed(within: .seconds(9))
            await peer.close()
        }
    }

    @Test("Frames that come with the request, before the 101, are the first messages", arguments: [1000, 20])
    func pipelined(chunk: Int) async throws {
        let server = try await WebSocketServer.bind(.test())
        try await withServer(server, echoHandler) {
            let peer = try await RawPeer.connect(to: server.port)
            let frames = WireFrame(text: "one", isMasked: true).bytes + WireFrame(text: "two", isMasked: true).bytes
            for part in (rawRequest() + frames).chunks(of: chunk) { try await peer.send(part) }
            let head = try await peer.receiveHead()
            #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            #expect(try await peer.receiveFrames(2, masked: false) == [WireFrame(text: "one"), WireFrame(text: "two")])
            await peer.close()
        }
    }

    @Test("A message that comes before a handler accepts reaches it")
    func acceptsLate() async throws {
        let server = try await WebSocketServer.bind(.test())
        let mayAccept = Counter()
        try await withServer(
            server,
            { request in
                try? await eventually("the test") { mayAccept.value > 0 }
                await echoHandler(request)
            }
        ) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(rawRequest())
            try await peer.send(WireFrame(text: "impatient", isMasked: true))
            mayAccept.increment()
            #expect(try await peer.receiveFrames(1, masked: false) == [WireFrame(text: "impatient")])
            await peer.close()
        }
    }

    /// Requests that are refused, and the start of the answer.
    static let refused: [(name: String, start: String, changes: [String: String], answer: String)] = [
        ("other version", "GET / HTTP/1.1", ["Sec-WebSocket-Version": "8"], "HTTP/1.1 426 "),
        ("no upgrade", "GET / HTTP/1.1", ["Upgrade": ""], "HTTP/1.1 426 "),
        ("no key", "GET / HTTP/1.1", ["Sec-WebSocket-Key": ""], "HTTP/1.1 400 "),
        ("short key", "GET / HTTP/1.1", ["Sec-WebSocket-Key": "abc"], "HTTP/1.1 400 "),
        ("no host", "GET / HTTP/1.1", ["Host": ""], "HTTP/1.1 400 "),
        ("other origin", "GET / HTTP/1.1", ["Origin": "https://evil.example"], "HTTP/1.1 403 "),
        ("POST", "POST / HTTP/1.1", [:], "HTTP/1.1 405 "),
        ("HTTP/1.0", "GET / HTTP/1.0", [:], "HTTP/1.1 505 "),
        ("garbage", "\u{1}\u{2}", [:], "HTTP/1.1 400 "),
    ]

    @Test("A request that breaks the rules gets its status, and the socket is closed", arguments: refused)
    func refuses(name: String, start: String, changes: [String: String], answer: String) async throws {
        let server = try await WebSocketServer.bind(.test())
        let errors = Recorder<any Error>()
        try await withServer(
            server,
            { request in
                do { _ = try await request.accept() } catch { errors.append(error) }
            }
        ) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(rawRequest(start, changing: changes))
            try await peer.expectClosed()
            let head = try await peer.receiveHead()
            #expect(head.hasPrefix(answer), "\(head)")
            #expect(head.contains("Sec-WebSocket-Version: 13") == answer.contains("426"))
            await peer.close()
        }
        #expect(errors.values.allSatisfy { ($0 as? WebSocketError)?.code == .handshakeFailed })
        #expect(errors.values.count == (name == "garbage" ? 0 : 1))
    }

    @Test("A refused request with a body that goes on gets its answer all the same")
    func refusedBody() async throws {
        let server = try await WebSocketServer.bind(.test { $0.connection.closing.linger = .seconds(20) })
        try await withServer(server, echoHandler) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(rawRequest("POST / HTTP/1.1"))
            for _ in 0..<20 { peer.sendLater([UInt8](repeating: 0x78, count: 50_000)) }
            #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 405 "))
            try await eventually("all of the body") { try await peer.unsentBytes() == 0 }
            await peer.close()
        }
    }

    @Test("A plain request is answered by respond, and the socket closed")
    func responds() async throws {
        let server = try await WebSocketServer.bind(.test())
        try await withServer(
            server,
            { request in
                #expect(!request.isUpgrade)
                #expect(request.head.target == "/health")
                do {
                    try request.respond(status: 200, fields: ["X-Kind": "test"], body: Array(#"{"ok":true}"#.utf8))
                } catch { Issue.record(error) }
                // Only the first answer is used.
                try? request.respond(status: 500)
                await #expect(throws: WebSocketError.self) { _ = try await request.accept() }
            }
        ) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(Array("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            try await peer.expectClosed()
            let answer = String(decoding: peer.received, as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.contains("X-Kind: test\r\n"))
            #expect(answer.contains("Content-Length: 11\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n" + #"{"ok":true}"#))
            await peer.close()
        }
    }

    @Test("A response that can't be sent is refused, and the request can still be answered")
    func invalidResponse() async throws {
        let server = try await WebSocketServer.bind(.test())
        try await withServer(
            server,
            { request in
                for status in [0, 99, 1000] {
                    #expect(throws: WebSocketError.self) { try request.respond(status: status) }
                }
                #expect(throws: WebSocketError.self) { try request.respond(status: 200, fields: ["A": "b\r\nc"]) }
                try? request.respond(status: 404)
            }
        ) {
            let result = try await Result.catching { try await connectClient(to: server.port) }
            #expect((result.error as? WebSocketError)?.refusal?.status == 404)
        }
    }

    @Test("A handler that gives no answer makes a 500; a dropped request gets none", arguments: [false, true])
    func noAnswer(drops: Bool) async throws {
        let server = try await WebSocketServer.bind(.test())
        try await withServer(server, { request in if drops { request.abort() } }) {
            let result = try await Result.catching { try await connectClient(to: server.port) }
            let error = try #require(result.error as? WebSocketError)
            #expect(error.code == (drops ? .connectFailed : .upgradeRefused))
            #expect(error.refusal?.status == (drops ? nil : 500))
        }
    }

    @Test("A connection that its handler leaves open is closed when the handler returns")
    func handlerReturns() async throws {
        let server = try await WebSocketServer.bind(.test())
        try await withServer(server, { request in _ = try? await request.accept() }) {
            let connection = try await connectClient(to: server.port)
            let closure = try await connection.waitUntilClosed()
            #expect(closure.isClean)
            #expect(closure.received?.code == .normalClosure)
            #expect(closure.initiator == .remote)
            try await eventually("end on the server") { server.connectionCount == 0 }
        }
    }

    @Test("A client that does not finish its request is cut in time", arguments: ["", "GET / HTTP/1.1\r\nHost:"])
    func slowloris(start: String) async throws {
        let server = try await WebSocketServer.bind(.test { $0.handshakeTimeout = .milliseconds(50) })
        try await withServer(server, echoHandler) {
            let peer = try await RawPeer.connect(to: server.port)
            peer.sendLater(Array(start.utf8))
            try await peer.expectClosed(within: .seconds(9))
            #expect(peer.received.isEmpty)
            await peer.close()
        }
    }

    @Test("A client that sends without end before its answer is not read further, and still gets the answer")
    func floodBeforeAnswer() async throws {
        let server = try await WebSocketServer.bind(.test { $0.connection.closing.linger = .seconds(20) })
        let mayAnswer = Counter()
        try await withServer(
            server,
            { request in
                try? await eventually("the test") { mayAnswer.value > 0 }
                try? request.respond(status: 404)
            }
        ) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(rawRequest())
            for _ in 0..<20 { peer.sendLater([UInt8](repeating: 0x82, count: 1_000_000)) }
            try await peer.expectSendBlocked()
            mayAnswer.increment()
            #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 404 "))
            await peer.close()
        }
    }

    @Test("A close of the server tells every client 1001, leaves no socket, and ends run")
    func close() async throws {
        let server = try await WebSocketServer.bind(.test())
        let running = Task { await server.run(echoHandler) }
        var clients: [WebSocketConnection] = []
        for _ in 0..<5 { clients.append(try await connectClient(to: server.port)) }
        let idle = try await RawPeer.connect(to: server.port)
        try await idle.send(Array("GET / HT".utf8))
        try await eventually("connections") { server.connectionCount == 5 }
        await server.close(reason: "maintenance")
        #expect(server.connectionCount == 0)
        try await withTimeout("end of run") { await running.value }
        for client in clients {
            let closure = try await client.waitUntilClosed()
            #expect(closure.received == CloseFrame(.goingAway, reason: "maintenance"))
            #expect(closure.isClean)
        }
        try await idle.expectClosed()
        let result = try await Result.catching { try await connectClient(to: server.port) }
        #expect((result.error as? WebSocketError)?.code == .connectFailed)
        await idle.close()
    }

    @Test("A close of the server is bounded when clients do not answer")
    func closeUnanswered() async throws {
        let configuration = WebSocketServerConfiguration.test { $0.connection.closing.timeout = .milliseconds(50) }
        let server = try await WebSocketServer.bind(configuration)
        let running = Task { await server.run(echoHandler) }
        let peer = try await RawPeer.connect(to: server.port)
        try await peer.send(rawRequest())
        _ = try await peer.receiveHead()
        try await withTimeout("the close", .seconds(9)) {
            await server.close()
            await running.value
        }
        #expect(try await peer.receiveFrames(1, masked: false) == [WireFrame(close: 1001)])
        try await peer.expectClosed()
        await peer.close()
    }

    @Test("After run was cancelled, a request gets an end instead of silence")
    func runCancelled() async throws {
        let server = try await WebSocketServer.bind(.test())
        let running = Task { await server.run(echoHandler) }
        let connection = try await connectClient(to: server.port)
        running.cancel()
        await running.value
        #expect(try await connection.waitUntilClosed().isClean)
        let result = try await Result.catching {
            try await connectClient(to: server.port) { $0.connectTimeout = .seconds(5) }
        }
        #expect((result.error as? WebSocketError)?.code != .connectTimedOut)
        #expect(result.error is WebSocketError)
        await server.close()
    }

    @Test("A port that is taken is listenFailed; one that can't be is invalidConfiguration")
    func listenFails() async throws {
        let server = try await WebSocketServer.bind()
        let taken = await #expect(throws: WebSocketError.self) {
            _ = try await WebSocketServer.bind(.test { $0.port = server.port })
        }
        #expect(taken?.code == .listenFailed)
        await server.close()
        let invalid = await #expect(throws: WebSocketError.self) {
            _ = try await WebSocketServer.bind(.test { $0.port = 70_000 })
        }
        #expect(invalid?.code == .invalidConfiguration)
    }

    @Test("An unmasked frame of a client fails the connection with 1002")
    func unmasked() async throws {
        let server = try await WebSocketServer.bind(.test())
        try await withServer(server, echoHandler) {
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(rawRequest())
            _ = try await peer.receiveHead()
            try await peer.send(WireFrame(text: "bare"))
            let close = try #require(try await peer.receiveFrames(1, masked: false).first)
            #expect(close.opcode == Opcode.close.rawValue)
            #expect(Array(close.payload.prefix(2)) == [0x03, 0xEA])
            try await peer.expectClosed()
            await peer.close()
        }
    }
}
