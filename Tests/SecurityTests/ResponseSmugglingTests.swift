import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: responses to the handshake", .serialized)
struct ResponseSmugglingTests {
    private static let accept = "Sec-WebSocket-Accept: "

    /// Changes of a response: the text to find, and its replacement.
    private static let refused: [(String, String)] = [
        // RFC 9112 §4: HTTP/1 only, and nothing before the status line.
        ("HTTP/1.1 101", "HTTP/2 101"), ("HTTP/1.1 101", "junk\r\nHTTP/1.1 101"), ("HTTP/1.1 101", " HTTP/1.1 101"),
        ("HTTP/1.1 101", "HTTP/1.1 1010"), ("HTTP/1.1 101", "HTTP/1.1 200"),
        ("HTTP/1.1 101", "\u{81}\u{0}HTTP/1.1 101"),
        // RFC 9112 §2.2: whitespace before the first field.
        ("Upgrade: ", " Upgrade: "),
        // RFC 6455 §4.1.
        (Self.accept, "X: "), (Self.accept, "\(Self.accept)x"), (Self.accept, "Sec-WebSocket Accept: "),
        (Self.accept, "\(Self.accept)s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\(Self.accept)"),
        (Self.accept, "\(Self.accept)x\r\n "),
        ("Upgrade: websocket", "Upgrade: h2c"), ("Upgrade: websocket", "X: y"),
        ("Connection: Upgrade", "Connection: close"),
        ("\r\nConnection", "\rConnection"), ("\r\nConnection", "\r\r\nConnection"),
    ]

    @Test("A response that is no clean 101 fails the handshake, and the socket is closed", arguments: Self.refused)
    func refuses(text: String, replacement: String) async throws {
        let error = try await Self.connect { $0.replacing(text, with: replacement, maxReplacements: 1) }.error
        let code = (error as? WebSocketError)?.code
        #expect(code == .handshakeFailed || code == .upgradeRefused, "\(String(describing: error))")
    }

    @Test(
        "What RFC 9112 has a client forgive is no attack: the key proves the answer, and we are its last recipient",
        arguments: [
            ("Upgrade: websocket", "upgrade: WebSocket  "),
            ("Connection: Upgrade", "CONNECTION: keep-alive, upgrade\t"),
            (Self.accept, "sec-websocket-accept:"), ("HTTP/1.1 101", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101"),
            ("HTTP/1.1 101", "\r\nHTTP/1.1  101"), ("HTTP/1.1 101", "HTTP/1.0 101"),
            ("101 Switching Protocols", "101"), ("\r\nConnection", "\nConnection"),
            (Self.accept, "Sec-WebSocket-Accept :\r\n\t"),
            // A 101 ends with its blank line, also with these fields.
            ("Upgrade: ", "Content-Length: 5\r\nUpgrade: "), ("Upgrade: ", "Transfer-Encoding: chunked\r\nUpgrade: "),
            ("Upgrade: ", "Content-Length: 0\r\nContent-Length: 5\r\nUpgrade: "),
        ]
    )
    func accepts(text: String, replacement: String) async throws {
        let result = try await Self.connect { $0.replacing(text, with: replacement, maxReplacements: 1) }
        #expect(result.error == nil)
    }

    @Test("Bytes behind the 101 are frames and nothing else")
    func bytesBehind() async throws {
        let result = try await Self.connect { $0 + "HTTP/1.1 200 OK\r\n\r\n" }
        let connection = try result.get()
        // "H" has RSV1 set, and no extension uses it.
        let closure = try await connection.waitUntilClosed()
        #expect(closure.error?.code == .protocolViolation)
    }

    private static func connect(
        _ change: (String) -> String
    ) async throws -> Result<WebSocketConnection, any Error> {
        let server = try await RawServer.start()
        async let connecting = Result.catching { try await connectClient(to: server.port) }
        let peer = try await server.peer()
        let response = String(decoding: try await peer.acceptance(), as: UTF8.self)
        let changed = change(response)
        try #require(changed != response)
        // One byte for each scalar, because some of these are not UTF-8.
        try await peer.send(changed.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        await peer.endOutput()
        let result = try await connecting
        if result.error != nil { try await peer.expectClosed() }
        await server.close()
        return result
    }
}
