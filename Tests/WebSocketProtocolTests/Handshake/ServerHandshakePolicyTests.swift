import Testing

@testable import WebSocketProtocol

@Suite("The policy and the refusals of a server")
struct ServerHandshakePolicyTests {
    private static func request(_ extra: HTTPFields = [:]) throws -> HTTPRequestHead {
        var request = ClientHandshakeRequest(url: try WebSocketURL("ws://example.com:8080/"), key: try SampleKey.key())
        request.fields = extra
        return try ClientHandshake(request).request
    }

    @Test(
        "With the same-host policy the host and port of the origin are those of Host",
        arguments: [
            ("http://example.com", "example.com", true), ("https://EXAMPLE.com", "example.COM", true),
            ("http://example.com:8080", "example.com:8080", true), ("https://[::1]:1", "[::1]:1", true),
            ("http://example.com", "example.com:8080", false), ("http://example.com:8080", "example.com", false),
            ("http://example.org", "example.com", false), ("http://notexample.com", "example.com", false),
            ("http://example.com.evil", "example.com", false), ("http://example.com/", "example.com", false),
            ("http://a@example.com", "example.com", false), ("null", "null", false), ("", "", false),
            ("example.com", "example.com", false), ("http:example.com", "example.com", false),
            ("http:abexample.com", "example.com", false),
            ("http://example.com http://example.com", "example.com", false), ("http://\u{212A}", "k", false),
        ]
    )
    func sameHost(origin: String, host: String, isAccepted: Bool) {
        #expect(OriginPolicy.sameHost.accepts(origin, host: host) == isAccepted)
    }

    @Test("An allow-list compares whole origins without regard to case; the host does not matter")
    func allowList() {
        let policy = OriginPolicy.allowed(["https://a.example", "null"])
        #expect(policy.accepts("HTTPS://A.example", host: "b"))
        #expect(policy.accepts("null", host: "b"))
        for origin in ["http://a.example", "https://a.example:443", "https://a.example.org", "https://x.a.example", ""]
        {
            #expect(!policy.accepts(origin, host: "a.example"))
        }
        #expect(!OriginPolicy.allowed([]).accepts("http://a", host: "a"))
        #expect(OriginPolicy.any.accepts("http://evil.example", host: "a"))
    }

    @Test("The default policy is same host, without subprotocols and fields")
    func defaults() {
        let policy = ServerHandshakePolicy()
        #expect(policy.origin == .sameHost)
        #expect(policy.subprotocols.isEmpty && policy.fields.isEmpty)
    }

    @Test(
        "A request without Origin is accepted under every policy",
        arguments: [.sameHost, .any, .allowed([])] as [OriginPolicy]
    )
    func acceptsMissingOrigin(origin: OriginPolicy) throws {
        var policy = ServerHandshakePolicy()
        policy.origin = origin
        guard case .accept = try ServerHandshake(policy: policy).evaluate(Self.request()) else {
            Issue.record("The request is refused.")
            return
        }
    }

    @Test("Fields of the policy are added to the response")
    func addsFields() throws {
        var policy = ServerHandshakePolicy()
        policy.fields = ["Server": "test", "Set-Cookie": "a", "Set-Cookie": "b"]
        guard case .accept(let acceptance) = try ServerHandshake(policy: policy).evaluate(Self.request()) else {
            Issue.record("The request is refused.")
            return
        }
        let fields = try acceptance.response().fields
        #expect(fields.first("Server") == "test" && fields.values(for: "set-cookie") == ["a", "b"])
    }

    @Test(
        "A policy with reserved or illegal fields is refused before a request is served",
        arguments: [
            ["Upgrade": "x"], ["content-length": "0"], ["Sec-WebSocket-Accept": "x"], ["Transfer-Encoding": "chunked"],
            ["X": "a\r\nY: b"], ["X": "\0"], ["a b": "c"], ["": "c"], ["X": "\u{E9}"],
        ] as [HTTPFields]
    )
    func refusesFields(fields: HTTPFields) {
        var policy = ServerHandshakePolicy()
        policy.fields = fields
        #expect(handshakeErrorCode { _ = try ServerHandshake(policy: policy) } == .invalidField)
    }

    @Test("A policy with subprotocols that are not unique tokens is refused", arguments: [["a", "a"], ["a b"], [""]])
    func refusesSubprotocols(names: [String]) {
        var policy = ServerHandshakePolicy()
        policy.subprotocols = names
        #expect(handshakeErrorCode { _ = try ServerHandshake(policy: policy) } == .invalidOffer)
    }

    @Test(
        "Every refusal can be read back as a response with a body, closes the connection, and names the remedy",
        arguments: [
            (.notUpgrade, 426, "Upgrade", "websocket"),
            (.unsupportedWebSocketVersion, 426, "Sec-WebSocket-Version", "13"),
            (.invalidMethod, 405, "Allow", "GET"), (.originRefused, 403, "Connection", "close"),
            (.limitExceeded, 431, "Connection", "close"), (.unsupportedHTTPVersion, 505, "Connection", "close"),
            (.malformedMessage, 400, "Connection", "close"), (.invalidKey, 400, "X-Content-Type-Options", "nosniff"),
        ] as [(HandshakeError.Code, Int, String, String)]
    )
    func writesRefusal(code: HandshakeError.Code, status: Int, name: String, value: String) throws {
        let bytes = ServerHandshakeRefusal(HandshakeError(code, "What to do.")).serialize()
        let outcome = HeadOutcome<HTTPResponseHead>(of: bytes, in: [0..<bytes.count])
        let head = try #require(outcome.head)
        #expect(head.status == status && !head.reason.isEmpty)
        #expect(head.fields.values(for: name) == [value])
        #expect(head.fields.listContains("close", for: "Connection"))
        // RFC 9110 §7.8: a sender of Upgrade names it in Connection.
        #expect(head.fields.contains("Upgrade") == head.fields.listContains("upgrade", for: "Connection"))
        var body = try HTTPResponseBody(for: head, limits: HandshakeLimits())
        _ = try body.receive(bytes.span.extracting(outcome.consumed..<bytes.count))
        #expect(body.isComplete && body.bytes == Array("What to do.\n".utf8))
    }
}
