import Testing

@testable import WebSocketProtocol

@Suite("What a client accepts")
struct ClientHandshakeTests {
    private static let validFields = [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", SampleKey.accept),
    ]

    private static func handshake(
        subprotocols: [String] = [],
        extensions: [String] = []
    ) throws -> ClientHandshake {
        var request = ClientHandshakeRequest(url: try WebSocketURL("ws://a"), key: try SampleKey.key())
        request.subprotocols = subprotocols
        request.extensions = extensions.map { ExtensionHeader.Element(name: $0) }
        return try ClientHandshake(request)
    }

    /// The result for a response that was read from bytes, so that its values are as a peer sends them.
    private static func result(
        _ fields: [(String, String)],
        startLine: String = "HTTP/1.1 101 Switching Protocols",
        subprotocols: [String] = [],
        extensions: [String] = []
    ) throws -> ClientHandshakeResult {
        let text = startLine + "\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        let head = try #require(HeadOutcome<HTTPResponseHead>(of: text).head)
        return try self.handshake(subprotocols: subprotocols, extensions: extensions).validate(head)
    }

    @Test("A valid response opens the WebSocket without subprotocol and extensions")
    func acceptsResponse() throws {
        let result = try Self.result(Self.validFields + [("Server", "x")])
        #expect(result.subprotocol == nil)
        #expect(result.extensions.isEmpty)
        #expect(result.fields.first("server") == "x")
    }

    @Test(
        "Names and the tokens of Upgrade and Connection are compared without regard to case",
        arguments: [
            [("upgrade", "WebSocket"), ("connection", "upgrade"), ("sec-websocket-accept", SampleKey.accept)],
            [("UPGRADE", "WEBSOCKET"), ("CONNECTION", "UPGRADE"), ("SEC-WEBSOCKET-ACCEPT", SampleKey.accept)],
            [
                ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"),
                ("Sec-WebSocket-Accept", SampleKey.accept),
            ],
            [
                ("Upgrade", ",websocket,"), ("Connection", "a"), ("Connection", ", upgrade"),
                ("Sec-WebSocket-Accept", " \t\(SampleKey.accept)\t "),
            ],
            [
                ("Upgrade", "websocket"), ("upgrade", "WebSocket"), ("Connection", "close"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", SampleKey.accept),
            ],
            [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", "\r\n \(SampleKey.accept)"),
                ("Folded", "a\r\n\tb"),
            ],
        ]
    )
    func acceptsVariants(fields: [(String, String)]) throws {
        #expect(handshakeErrorCode { _ = try Self.result(fields) } == nil)
    }

    @Test(
        "A 101 ends with its blank line: fields about a body, wrong ones too, say nothing (RFC 9112 §6.3)",
        arguments: [
            ("Content-Length", ["0"]), ("Content-Length", ["5"]), ("Content-Length", ["0", "6"]),
            ("Content-Length", ["x"]), ("Transfer-Encoding", ["chunked"]), ("Transfer-Encoding", ["gzip", ""]),
        ]
    )
    func ignoresBody(name: String, values: [String]) {
        let fields = Self.validFields + values.map { (name, $0) }
        #expect(handshakeErrorCode { _ = try Self.result(fields) } == nil)
    }

    @Test(
        "Any reason phrase will do, and none; the key proves the server, not its version",
        arguments: [
            "HTTP/1.1 101 ", "HTTP/1.1 101", "HTTP/1.1 101 OK", "HTTP/1.1 101 Web Socket Protocol Handshake",
            "HTTP/1.0 101 Switching Protocols", "HTTP/1.2 101 OK",
        ]
    )
    func acceptsStatusLine(line: String) {
        #expect(handshakeErrorCode { _ = try Self.result(Self.validFields, startLine: line) } == nil)
    }

    @Test(
        "A response that lacks one of the three fields, or has it wrong, is refused",
        arguments: [
            ("Upgrade", [], .invalidUpgrade), ("Upgrade", [""], .invalidUpgrade),
            ("Upgrade", ["websockets"], .invalidUpgrade),
            ("Upgrade", ["web socket"], .invalidUpgrade), ("Upgrade", ["websocket, foo"], .invalidUpgrade),
            ("Upgrade", ["websocket", "foo"], .invalidUpgrade), ("Upgrade", ["h2c"], .invalidUpgrade),
            ("Upgrade", ["\"websocket\""], .invalidUpgrade), ("Upgrade", ["web\u{17F}ocket"], .invalidUpgrade),
            ("Connection", [], .invalidUpgrade), ("Connection", [""], .invalidUpgrade),
            ("Connection", ["close"], .invalidUpgrade),
            ("Connection", ["upgraded"], .invalidUpgrade), ("Connection", ["\"a, upgrade\""], .invalidUpgrade),
            ("Sec-WebSocket-Accept", [], .invalidAccept), ("Sec-WebSocket-Accept", [""], .invalidAccept),
            ("Sec-WebSocket-Accept", [SampleKey.value], .invalidAccept),
            ("Sec-WebSocket-Accept", [SampleKey.accept, SampleKey.accept], .invalidAccept),
            ("Sec-WebSocket-Accept", ["\(SampleKey.accept), \(SampleKey.accept)"], .invalidAccept),
            ("Sec-WebSocket-Accept", [SampleKey.accept.lowercased()], .invalidAccept),
            ("Sec-WebSocket-Accept", [SampleKey.accept.uppercased()], .invalidAccept),
            ("Sec-WebSocket-Accept", [String(SampleKey.accept.dropLast())], .invalidAccept),
            ("Sec-WebSocket-Accept", [SampleKey.accept + "="], .invalidAccept),
            ("Sec-WebSocket-Accept", ["\"\(SampleKey.accept)\""], .invalidAccept),
            ("Sec-WebSocket-Accept", ["s3pPLMBiTxaQ9kYGzzhZRb\u{212A}+xOo="], .invalidAccept),
        ] as [(String, [String], HandshakeError.Code)]
    )
    func refusesField(name: String, values: [String], code: HandshakeError.Code) {
        let fields = Self.validFields.filter { $0.0 != name } + values.map { (name, $0) }
        #expect(handshakeErrorCode { _ = try Self.result(fields) } == code)
    }

    @Test(
        "Another status is a refusal that carries the response, even if its fields would be valid",
        arguments: ["HTTP/1.1 200 OK", "HTTP/1.1 302 Found", "HTTP/1.1 401 ", "HTTP/1.0 503 Busy", "HTTP/1.1 999 x"]
    )
    func reportsRefusal(startLine: String) throws {
        let fields = Self.validFields + [("Location", "wss://b/"), ("X", "1"), ("x", "2")]
        let error = handshakeError { _ = try Self.result(fields, startLine: startLine) }
        #expect(error?.code == .upgradeRefused)
        let refusal = try #require(error?.refusal)
        #expect(String(refusal.status) == startLine.dropFirst(9).prefix(3))
        #expect(refusal.reason == startLine.dropFirst(13))
        #expect(refusal.fields.first("location") == "wss://b/" && refusal.fields.values(for: "X") == ["1", "2"])
        #expect(refusal.body.isEmpty && !refusal.isBodyComplete)
    }

    @Test("The message of a refusal quotes the reason in printable ASCII")
    func escapesReason() throws {
        let error = handshakeError { _ = try Self.result([], startLine: "HTTP/1.1 403 N\u{E9}\t\"") }
        #expect(try #require(error).message.contains(#""N\xc3\xa9\x09\"""#))
    }

    @Test("A subprotocol that was offered may be selected", arguments: ["a", "b"])
    func acceptsSubprotocol(name: String) throws {
        let fields = Self.validFields + [("Sec-WebSocket-Protocol", name)]
        #expect(try Self.result(fields, subprotocols: ["a", "b"]).subprotocol == name)
    }

    @Test("It is legal that none of the offered subprotocols is selected")
    func acceptsNoSubprotocol() throws {
        #expect(try Self.result(Self.validFields, subprotocols: ["a"]).subprotocol == nil)
    }

    @Test(
        "One subprotocol may be selected, in the case it was offered",
        arguments: [["c"], ["a, K"], ["a,"], ["a", "a"], ["a", "K"], [""], ["\u{212A}"], ["\"a\""], ["A"]]
    )
    func refusesSubprotocol(values: [String]) {
        let fields = Self.validFields + values.map { ("Sec-WebSocket-Protocol", $0) }
        let code = handshakeErrorCode { _ = try Self.result(fields, subprotocols: ["a", "K"]) }
        #expect(code == .invalidSubprotocol)
    }

    @Test("Without an offer every subprotocol is refused")
    func refusesUnofferedSubprotocol() {
        let fields = Self.validFields + [("Sec-WebSocket-Protocol", "a")]
        #expect(handshakeErrorCode { _ = try Self.result(fields) } == .invalidSubprotocol)
    }

    @Test("Extensions that were offered may be accepted; their parameters are handed on")
    func acceptsExtensions() throws {
        let fields =
            Self.validFields + [("Sec-WebSocket-Extensions", "x; a=\"1\""), ("Sec-WebSocket-Extensions", "y;b")]
        let accepted = try Self.result(fields, extensions: ["y", "z", "x"]).extensions
        let expected: [ExtensionHeader.Element] = [
            .init(name: "x", parameters: [.init(name: "a", value: "1")]),
            .init(name: "y", parameters: [.init(name: "b")]),
        ]
        #expect(accepted == expected)
    }

    @Test(
        "An extension that is malformed, repeated or was not offered is refused",
        arguments: [
            ["z"], ["x, z"], ["X"], ["x, x"], ["x", "x; a"], [""], [","], ["x; a=\"1"], ["constructor"], ["x y"],
        ]
    )
    func refusesExtension(values: [String]) {
        let fields = Self.validFields + values.map { ("Sec-WebSocket-Extensions", $0) }
        let code = handshakeErrorCode { _ = try Self.result(fields, extensions: ["x", "y"]) }
        #expect(code == .invalidExtension)
    }

    @Test("Without an offer every extension is refused")
    func refusesUnofferedExtension() {
        let fields = Self.validFields + [("Sec-WebSocket-Extensions", "permessage-deflate")]
        #expect(handshakeErrorCode { _ = try Self.result(fields) } == .invalidExtension)
    }
}
