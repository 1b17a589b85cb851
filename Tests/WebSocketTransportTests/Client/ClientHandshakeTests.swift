import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Opening a connection as a client", .timeLimit(.minutes(1)))
struct ClientHandshakeTests {
    @Test("The request carries the path, the fields, the origin and the subprotocols")
    func request() async throws {
        let server = try await RawServer.start()
        var configuration = WebSocketClientConfiguration()
        configuration.fields = ["Authorization": "Bearer secret", "X-Trace": "7"]
        configuration.subprotocols = ["b", "a"]
        configuration.origin = "https://example.com"
        async let connecting = WebSocketClient.connect(
            to: .local(server.port, path: "/stream?since=3"),
            configuration: configuration
        )
        let peer = try await server.peer()
        let request = try await peer.receiveHead()
        #expect(request.hasPrefix("GET /stream?since=3 HTTP/1.1\r\n"))
        #expect(request.contains("\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(request.contains("\r\nConnection: Upgrade\r\n"))
        #expect(request.contains("\r\nAuthorization: Bearer secret\r\n"))
        #expect(request.contains("\r\nX-Trace: 7\r\n"))
        #expect(request.contains("\r\nOrigin: https://example.com\r\n"))
        #expect(request.contains("\r\nSec-WebSocket-Protocol: b, a\r\n"))
        try await peer.send(peer.acceptance(subprotocol: "a"))
        let connection = try await connecting
        #expect(connection.subprotocol == "a")
        try await expectNothingLeft(of: connection)
        try await peer.expectClosed()
        await server.close()
    }

    @Test("Bytes that come with the 101 are the first frames", arguments: [20, 40, 129, 1000])
    func firstFrames(chunk: Int) async throws {
        let frames = WireFrame(text: "one").bytes + WireFrame(text: "two").bytes
        let server = try await RawServer.start()
        async let connecting = connectClient(to: server.port)
        let peer = try await server.peer()
        for part in try await (peer.acceptance() + frames).chunks(of: chunk) { try await peer.send(part) }
        let connection = try await connecting
        #expect(try await connection.texts(2) == ["one", "two"])
        try await expectNothingLeft(of: connection)
        await server.close()
    }

    @Test("Half a frame that comes with the 101 is completed by the next read")
    func firstFrameCut() async throws {
        let bytes = WireFrame(text: "whole").bytes
        try await withConnectedClient(firstBytes: Array(bytes[..<3])) { connection, peer in
            try await peer.send(Array(bytes[3...]))
            #expect(try await connection.texts(1) == ["whole"])
        }
    }

    @Test("A subprotocol, a field or a time that can't be used is refused before anything is sent")
    func invalidConfiguration() async throws {
        let changes: [(inout WebSocketClientConfiguration) -> Void] = [
            { $0.connectTimeout = .zero },
            { $0.subprotocols = ["two words"] },
            { $0.fields = ["Bad": "line\r\nbreak"] },
            { $0.fields = ["Sec-WebSocket-Key": "mine"] },
            { $0.connection.readBytes = 1 },
            { $0.tls.serverName = "" },
            { $0.tls.serverName = "two words" },
            { $0.tls.serverName = "[::1]" },
            { $0.maximumRedirects = 21 },
            { $0.maximumRedirects = -1 },
            { $0.handshakeLimits.maximumHeadBytes = 1 },
        ]
        for change in changes {
            var configuration = WebSocketClientConfiguration()
            change(&configuration)
            let error = await #expect(throws: WebSocketError.self) {
                try await WebSocketClient.connect(to: .local(1), configuration: configuration)
            }
            #expect(error?.code == .invalidConfiguration)
        }
    }
}
