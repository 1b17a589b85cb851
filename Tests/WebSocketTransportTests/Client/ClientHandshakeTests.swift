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

    /// The setting, the fields, and the values that are sent.
    private static let agents: [(String?, HTTPFields, [String])] = [
        ("unset", [:], [WebSocketClientConfiguration.defaultUserAgent]),
        ("manager/2.1 (fleet)", [:], ["manager/2.1 (fleet)"]),
        ("manager/2.1", ["user-agent": "other/1"], ["other/1"]),
        (nil, ["USER-AGENT": "other/1"], ["other/1"]), (nil, [:], []),
    ]

    @Test(
        "The request says who asks: the package, what was set, a field of that name, or nobody; and only once",
        arguments: Self.agents
    )
    func userAgent(setting: String?, fields: HTTPFields, expected: [String]) async throws {
        let server = try await RawServer.start()
        var configuration = WebSocketClientConfiguration()
        if setting != "unset" { configuration.userAgent = setting }
        configuration.fields = fields
        async let connecting = WebSocketClient.connect(to: .local(server.port), configuration: configuration)
        let peer = try await server.peer()
        let lines = try await peer.receiveHead().split(separator: "\r\n")
        let sent = lines.filter { $0.lowercased().hasPrefix("user-agent:") }.map { $0.drop { $0 != " " }.dropFirst() }
        #expect(sent.map(String.init) == expected)
        try await peer.send(peer.acceptance())
        try await expectNothingLeft(of: connecting)
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

    @Test("A head of 60 KB opens the WebSocket; beyond the limit the error names it and its value")
    func largeHead() async throws {
        let field = "Set-Cookie: \(String(repeating: "c", count: 5_000))\r\n"
        for (count, opens) in [(12, true), (14, false)] {
            let server = try await RawServer.start()
            async let connecting = Result.catching { try await connectClient(to: server.port) }
            let peer = try await server.peer()
            let more = Array(String(repeating: field, count: count).utf8)
            let head = try await peer.acceptance()
            peer.sendLater(head.dropLast(2) + more + Array("\r\n".utf8) + WireFrame(text: "one").bytes)
            let result = try await connecting
            if opens {
                let connection = try result.get()
                #expect(try await connection.texts(1) == ["one"])
                try await expectNothingLeft(of: connection)
            } else {
                let message = (result.error as? WebSocketError)?.message
                #expect(message?.contains("65536 bytes") == true)
                #expect(message?.contains("HandshakeLimits.maximumHeadBytes") == true)
            }
            await server.close()
        }
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
            { $0.fields = ["host": "elsewhere"] }, { $0.fields = ["": "x"] }, { $0.fields = ["X": "\u{0}"] },
            { $0.userAgent = "" }, { $0.userAgent = "two\r\nlines" }, { $0.userAgent = "m\u{E4}nager/1" },
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
