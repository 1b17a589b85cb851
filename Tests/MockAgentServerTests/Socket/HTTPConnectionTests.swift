import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import MockAgentServer

@Suite("Connections of the mock server", .timeLimit(.minutes(1)))
struct HTTPConnectionTests {
    private static let request = "POST /api/v1/workspace/poll-mode HTTP/1.1\r\nHost: a\r\n"
    private static let body = #"{"mode":"slow"}"#

    @Test("A connection is kept for the next request, unless the client wants it to end")
    func kept() async throws {
        try await withMockServer { server in
            let connection = try await RawHTTP.connect(to: server.port)
            for _ in 0..<3 { #expect(try await connection.ask("GET", "/health").status == 200) }
            let last = try await connection.ask("GET", "/health", headers: [("Connection", "close")])
            #expect(last.fields["connection"] == "close")
            try await eventually("the end") { connection.peer.isInputEnded }
            await connection.peer.close()
        }
    }

    @Test("Requests may come in any pieces, with a length or in chunks, and all at once")
    func pieces() async throws {
        let chunks = "4;x=y\r\n{\"mo\r\nb\r\nde\":\"slow\"}\r\n0\r\nA: b\r\n\r\n"
        let chunked = Self.request + "Transfer-Encoding: chunked\r\n\r\n" + chunks
        let whole = Self.request + "Content-Length: \(Self.body.utf8.count)\r\n\r\n\(Self.body)"
        try await withMockServer { server in
            for text in [chunked, whole] {
                let bytes = Array(text.utf8)
                for cut in stride(from: 1, to: bytes.count, by: 7) {
                    let connection = try await RawHTTP.connect(to: server.port)
                    try await connection.peer.send(Array(bytes[..<cut]))
                    try await connection.peer.send(Array(bytes[cut...]))
                    #expect(try await connection.receive().text == Self.body, "\(cut)")
                    await connection.peer.close()
                }
            }
            let connection = try await RawHTTP.connect(to: server.port)
            try await connection.peer.send(Array((whole + chunked + whole).utf8))
            try await eventually("three answers") {
                String(decoding: connection.peer.received, as: UTF8.self).ranges(of: "HTTP/1.1 200 OK").count == 3
            }
            await connection.peer.close()
        }
    }

    @Test(
        "A request that can't be read is refused, and the connection ends",
        arguments: [
            "GET\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        ]
    )
    func malformed(text: String) async throws {
        try await withMockServer { server in
            let peer = try await RawPeer.connect(to: server.port)
            try await peer.send(Array(text.utf8))
            try await eventually("the end") { peer.isInputEnded }
            #expect(String(decoding: peer.received, as: UTF8.self).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            await peer.close()
        }
    }

    @Test("Every request is seen with its body, also a refused one")
    func seen() async throws {
        var configuration = MockServerConfiguration()
        configuration.token = "s3cret"
        try await withMockServer(configuration) { server in
            _ = try await RawHTTP.ask(server.port, "POST", "/api/v1/start?x=1", headers: [("A", "b")], body: "{}")
            _ = try await RawHTTP.ask(server.port, "GET", "/health")
            try await server.waitForRequests(2)
            #expect(server.requests.map(\.method) == ["POST", "GET"])
            #expect(server.requests.map(\.target) == ["/api/v1/start?x=1", "/health"])
            #expect(server.requests.map(\.body) == [Array("{}".utf8), []])
            #expect(server.requests.first?.fields.first("A") == "b")
            #expect(server.upgrades.isEmpty)
        }
    }

    /// A client of the workspace stream that has closed it and got the answer, and keeps its TCP connection.
    private static func closedPeer(_ server: MockServer) async throws -> RawPeer {
        let peer = try await RawPeer.connect(to: server.port)
        let head = """
            GET \(AgentctlAPI.workspaceStreamPath) HTTP/1.1\r
            Host: a\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r

            """
        try await peer.send(Array(head.utf8))
        _ = try await peer.receiveFrames(2, masked: false)
        try await peer.send(RawFrame(.close, [0x03, 0xE8], from: .client).bytes)
        let frames = try await peer.receiveFrames(3, masked: false)
        #expect(frames.last == WireFrame(.close, [0x03, 0xE8]))
        return peer
    }

    @Test("After the closing handshake the TCP connection stays open until the next event")
    func openAfterClose() async throws {
        var configuration = MockServerConfiguration()
        configuration.timeAfterClose = .seconds(60)
        try await withMockServer(configuration) { server in
            let peer = try await Self.closedPeer(server)
            // A whole exchange with the server gives it the time to end the connection.
            _ = try await RawHTTP.ask(server.port, "GET", "/health")
            #expect(!peer.isInputEnded && server.connectionCount == 1)
            server.broadcast(.shell("next"))
            try await eventually("the end") { peer.isInputEnded }
            try await server.waitForConnections(0)
            await peer.close()
        }
    }

    @Test("Without an event, its time is limited")
    func bounded() async throws {
        var configuration = MockServerConfiguration()
        configuration.timeAfterClose = .milliseconds(50)
        try await withMockServer(configuration) { server in
            let peer = try await Self.closedPeer(server)
            try await eventually("the end") { peer.isInputEnded }
            await peer.close()
        }
    }

    @Test("Compression is agreed to only if the configuration says so", arguments: [true, false])
    func compression(isOn: Bool) async throws {
        var configuration = MockServerConfiguration()
        if isOn { configuration.compression = PermessageDeflate() }
        try await withMockServer(configuration) { server in
            try await WebSocketClient.withConnection(to: try WebSocketURL("\(server.url)/bench/echo")) { connection in
                #expect((connection.compression != nil) == isOn)
                let text = String(repeating: "again and ", count: 1000)
                for _ in 0..<3 { try await connection.send(text: text) }
                var count = 0
                for try await message in connection.messages {
                    #expect(message.text == text)
                    count += 1
                    if count == 3 { break }
                }
            }
        }
    }

    @Test("A frame that breaks the RFC is answered with its close code", arguments: [(0x83, 1002), (0xC1, 1002)])
    func violation(first: UInt8, code: UInt16) async throws {
        try await withMockServer { server in
            let peer = try await Self.openEcho(server)
            try await peer.send([first, 0x80, 0, 0, 0, 0])
            let frames = try await peer.receiveFrames(1, masked: false)
            #expect(frames.first?.payload.prefix(2) == [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)])
            try await eventually("the end") { peer.isInputEnded }
            await peer.close()
        }
    }

    private static func openEcho(_ server: MockServer) async throws -> RawPeer {
        let peer = try await RawPeer.connect(to: server.port)
        let fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        try await peer.send(Array("GET /bench/echo HTTP/1.1\r\nHost: a\r\n\(fields)\(key)".utf8))
        _ = try await peer.receiveHead()
        return peer
    }
}
