import Testing

@testable import WebSocketProtocol

@Suite("What a server accepts")
struct ServerHandshakeTests {
    private static let validFields = [
        ("Host", "example.com"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", SampleKey.value), ("Sec-WebSocket-Version", "13"),
    ]

    /// The outcome for a request that was read from bytes, so that its values are as a peer sends them.
    private static func evaluate(
        _ fields: [(String, String)],
        requestLine: String = "GET /chat HTTP/1.1",
        policy: ServerHandshakePolicy = ServerHandshakePolicy()
    ) throws -> ServerHandshake.OnRequest {
        let text = requestLine + "\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        let head = try #require(HeadOutcome<HTTPRequestHead>(of: text).head)
        return try ServerHandshake(policy: policy).evaluate(head)
    }

    private static func acceptance(
        _ fields: [(String, String)] = Self.validFields,
        policy: ServerHandshakePolicy = ServerHandshakePolicy()
    ) throws -> ServerHandshakeAcceptance {
        let outcome = try self.evaluate(fields, policy: policy)
        return try #require(outcome.acceptance, "\(outcome)")
    }

    private static func replacing(_ name: String, with values: [String]) -> [(String, String)] {
        self.validFields.filter { $0.0 != name } + values.map { (name, $0) }
    }

    @Test("A valid request is answered with the accept value of its key, and with nothing else")
    func answers() throws {
        let text = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            \r

            """
        #expect(String(decoding: try Self.acceptance().response().serialize(), as: UTF8.self) == text)
    }

    @Test("The answer of our server is accepted by our client")
    func roundTrip() throws {
        var request = ClientHandshakeRequest(url: try WebSocketURL("wss://[::1]:1/a?b"), key: try SampleKey.key())
        request.origin = "https://[::1]:1"
        request.subprotocols = ["b", "a"]
        request.extensions = [.init(name: "x", parameters: [.init(name: "y", value: "1")])]
        let client = try ClientHandshake(request)
        var policy = ServerHandshakePolicy()
        policy.subprotocols = ["a", "b"]
        guard case .accept(let acceptance) = try ServerHandshake(policy: policy).evaluate(client.request) else {
            Issue.record("The request is refused.")
            return
        }
        #expect(acceptance.offeredExtensions == request.extensions)
        let result = try client.validate(acceptance.response(acceptedExtensions: acceptance.offeredExtensions))
        #expect(result.subprotocol == "a")
        #expect(result.extensions == request.extensions)
    }

    @Test(
        "Names and the tokens of Upgrade and Connection are compared without regard to case, in lists",
        arguments: [
            ("Upgrade", ["WebSocket"]), ("Upgrade", ["h2c, websocket"]), ("Upgrade", ["h2c", "WEBSOCKET"]),
            ("Connection", ["upgrade"]), ("Connection", ["keep-alive, Upgrade"]),
            ("Connection", ["keep-alive", "UPGRADE"]),
            ("Content-Length", ["0"]), ("Host", ["[::1]:80"]), ("Host", ["a_b.c:1"]),
        ]
    )
    func acceptsVariants(name: String, values: [String]) throws {
        #expect(try Self.evaluate(Self.replacing(name, with: values)).acceptance != nil)
    }

    @Test(
        "A request that asks for a WebSocket in a wrong way is refused",
        arguments: [
            ("Connection", [], 400, .invalidUpgrade), ("Connection", ["close"], 400, .invalidUpgrade),
            ("Connection", [""], 400, .invalidUpgrade), ("Host", [], 400, .invalidHost),
            ("Host", [""], 400, .invalidHost),
            ("Host", ["a", "a"], 400, .invalidHost), ("Host", ["a", "b"], 400, .invalidHost),
            ("Host", ["a b"], 400, .invalidHost), ("Host", ["a/b"], 400, .invalidHost),
            ("Host", ["a@b"], 400, .invalidHost),
            ("Host", ["a,b"], 400, .invalidHost),
            ("Sec-WebSocket-Key", [], 400, .invalidKey), ("Sec-WebSocket-Key", [""], 400, .invalidKey),
            ("Sec-WebSocket-Key", ["x"], 400, .invalidKey), ("Sec-WebSocket-Key", [SampleKey.accept], 400, .invalidKey),
            ("Sec-WebSocket-Key", [SampleKey.value, SampleKey.value], 400, .invalidKey),
            ("Sec-WebSocket-Key", ["\(SampleKey.value), \(SampleKey.value)"], 400, .invalidKey),
            ("Sec-WebSocket-Version", [], 426, .unsupportedWebSocketVersion),
            ("Sec-WebSocket-Version", ["8"], 426, .unsupportedWebSocketVersion),
            ("Sec-WebSocket-Version", ["013"], 426, .unsupportedWebSocketVersion),
            ("Sec-WebSocket-Version", ["13, 8"], 426, .unsupportedWebSocketVersion),
            ("Sec-WebSocket-Version", ["13", "13"], 400, .malformedMessage),
            ("Content-Length", ["1"], 400, .unexpectedBody), ("Content-Length", ["-1"], 400, .malformedMessage),
            ("Content-Length", ["0", "0"], 400, .malformedMessage),
            ("Transfer-Encoding", ["chunked"], 400, .unexpectedBody),
            ("Transfer-Encoding", ["identity"], 400, .unexpectedBody),
            ("Sec-WebSocket-Protocol", [""], 400, .invalidSubprotocol),
            ("Sec-WebSocket-Protocol", [",,"], 400, .invalidSubprotocol),
            ("Sec-WebSocket-Protocol", ["a, a"], 400, .invalidSubprotocol),
            ("Sec-WebSocket-Protocol", ["a", "a"], 400, .invalidSubprotocol),
            ("Sec-WebSocket-Protocol", ["a b"], 400, .invalidSubprotocol),
            ("Sec-WebSocket-Protocol", ["\"a\""], 400, .invalidSubprotocol),
            ("Sec-WebSocket-Extensions", [","], 400, .invalidExtension),
            ("Sec-WebSocket-Extensions", ["a; b=\"c"], 400, .invalidExtension),
            ("Origin", ["https://evil.example"], 403, .originRefused),
            ("Origin", ["http://example.com", "http://example.com"], 403, .originRefused),
        ] as [(String, [String], Int, HandshakeError.Code)]
    )
    func refuses(name: String, values: [String], status: Int, code: HandshakeError.Code) throws {
        let refusal = try #require(try Self.evaluate(Self.replacing(name, with: values)).refusal)
        #expect(refusal.error.code == code)
        #expect(refusal.response.status == status)
    }

    @Test(
        "A WebSocket is opened with GET over HTTP/1.1",
        arguments: [
            ("POST / HTTP/1.1", 405, .invalidMethod), ("get / HTTP/1.1", 405, .invalidMethod),
            ("GET / HTTP/1.0", 505, .unsupportedHTTPVersion),
        ] as [(String, Int, HandshakeError.Code)]
    )
    func refusesRequestLine(line: String, status: Int, code: HandshakeError.Code) throws {
        let refusal = try #require(try Self.evaluate(Self.validFields, requestLine: line).refusal)
        #expect(refusal.error.code == code)
        #expect(refusal.response.status == status)
    }

    @Test("The host of a target in absolute form is the one that an origin must be of; Host must be there all the same")
    func absoluteForm() throws {
        let line = "GET http://real.example/chat HTTP/1.1"
        let same = Self.replacing("Origin", with: ["http://real.example"])
        let other = Self.replacing("Origin", with: ["http://example.com"])
        #expect(try Self.evaluate(Self.validFields, requestLine: line).acceptance != nil)
        #expect(try Self.evaluate(same, requestLine: line).acceptance != nil)
        #expect(try Self.evaluate(other, requestLine: line).refusal?.error.code == .originRefused)
        for hosts in [[], ["a", "b"], ["a b"]] {
            let fields = Self.replacing("Host", with: hosts)
            #expect(try Self.evaluate(fields, requestLine: line).refusal?.error.code == .invalidHost)
        }
    }

    @Test(
        "A request without websocket in Upgrade is plain HTTP, whatever else it holds",
        arguments: [[], [""], ["h2c"], ["websocket2"], ["\"websocket\""]],
        ["GET /health HTTP/1.1", "POST /tasks HTTP/1.1", "GET / HTTP/1.0"]
    )
    func recognizesPlainHTTP(values: [String], requestLine: String) throws {
        let fields = Self.replacing("Upgrade", with: values) + [("Content-Length", "5")]
        guard case .notUpgrade(let refusal) = try Self.evaluate(fields, requestLine: requestLine) else {
            Issue.record("Not recognised as plain HTTP.")
            return
        }
        #expect(refusal.response.status == 426)
        #expect(refusal.response.fields.listContains("websocket", for: "Upgrade"))
    }

    @Test("The server's order of preference decides among the subprotocols that are offered")
    func selectsSubprotocol() throws {
        var policy = ServerHandshakePolicy()
        policy.subprotocols = ["c", "b", "a"]
        let cases: [([String], String?)] = [
            (["a, b"], "b"), (["a", "c"], "c"), (["x"], nil), ([], nil), (["A"], nil), (["a"], "a"),
        ]
        for (offered, selected) in cases {
            let acceptance = try Self.acceptance(
                Self.replacing("Sec-WebSocket-Protocol", with: offered),
                policy: policy
            )
            #expect(acceptance.subprotocol == selected)
            #expect(try acceptance.response().fields.first("Sec-WebSocket-Protocol") == selected)
        }
    }

    @Test("A subprotocol that the server does not speak is never echoed")
    func selectsNone() throws {
        let acceptance = try Self.acceptance(Self.replacing("Sec-WebSocket-Protocol", with: ["a"]))
        #expect(acceptance.subprotocol == nil)
        #expect(try !acceptance.response().fields.contains("Sec-WebSocket-Protocol"))
    }

    @Test("Fields without a value offer no extension, as some clients say it", arguments: [[""], [" \t"], ["", ""]])
    func acceptsNoOffer(values: [String]) throws {
        #expect(try Self.acceptance(Self.replacing("Sec-WebSocket-Extensions", with: values)).offeredExtensions == [])
    }

    @Test("Extensions are accepted only if they are given to the response, and were offered")
    func acceptsExtensions() throws {
        let acceptance = try Self.acceptance(Self.replacing("Sec-WebSocket-Extensions", with: ["x; a", "y"]))
        #expect(acceptance.offeredExtensions.map(\.name) == ["x", "y"])
        #expect(try !acceptance.response().fields.contains("Sec-WebSocket-Extensions"))
        let chosen = ExtensionHeader.Element(name: "y", parameters: [.init(name: "b", value: "1")])
        let response = try acceptance.response(acceptedExtensions: [chosen])
        #expect(response.fields.values(for: "Sec-WebSocket-Extensions") == ["y; b=1"])
        let code = handshakeErrorCode { _ = try acceptance.response(acceptedExtensions: [.init(name: "z")]) }
        #expect(code == .invalidOffer)
    }
}

extension ServerHandshake.OnRequest {
    fileprivate var acceptance: ServerHandshakeAcceptance? {
        if case .accept(let acceptance) = self { acceptance } else { nil }
    }

    fileprivate var refusal: ServerHandshakeRefusal? {
        if case .refuse(let refusal) = self { refusal } else { nil }
    }
}
