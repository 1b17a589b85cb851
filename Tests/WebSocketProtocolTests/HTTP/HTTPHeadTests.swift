import Testing

@testable import WebSocketProtocol

@Suite("Heads of requests and responses")
struct HTTPHeadTests {
    private typealias Request = HeadOutcome<HTTPRequestHead>
    private typealias Response = HeadOutcome<HTTPResponseHead>

    @Test("A request head is written and read back as it is")
    func requestRoundTrip() throws {
        let fields: HTTPFields = ["Host": "a", "X": "1", "x": "2", "Empty": ""]
        let head = try HTTPRequestHead(target: "/a%20b?c=[d]&e", fields: fields)
        let text = "GET /a%20b?c=[d]&e HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\nEmpty: \r\n\r\n"
        #expect(String(decoding: head.serialize(), as: UTF8.self) == text)
        #expect(Request(of: text).head == head)
    }

    @Test("A response head is written and read back as it is", arguments: ["Switching Protocols", "", "a  b"])
    func responseRoundTrip(reason: String) throws {
        let head = try HTTPResponseHead(status: 101, reason: reason, fields: ["Upgrade": "websocket"])
        let text = "HTTP/1.1 101 \(reason)\r\nUpgrade: websocket\r\n\r\n"
        #expect(String(decoding: head.serialize(), as: UTF8.self) == text)
        #expect(Response(of: text).head == head)
    }

    @Test(
        "A target is split into path and query at the first question mark",
        arguments: [("/", "/", nil), ("/a?b?c", "/a", "b?c"), ("/a?", "/a", ""), ("/?x", "/", "x")]
            as [(String, String, String?)]
    )
    func splitsTarget(target: String, path: String, query: String?) throws {
        let head = try HTTPRequestHead(target: target, fields: [:])
        #expect(head.path == path)
        #expect(head.query.map(String.init) == query)
    }

    @Test(
        "A request line is a token, a path and a version with one space between them",
        arguments: [
            "GET", "GET /", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
            "GET\t/ HTTP/1.1", "GET / x HTTP/1.1", "G(T / HTTP/1.1", "GET * HTTP/1.1", "POST * HTTP/1.1",
            "GET a HTTP/1.1", "GET /# HTTP/1.1", "GET /\u{E9} HTTP/1.1", "GET /% HTTP/1.1", "GET /%4 HTTP/1.1",
            "GET /%4g HTTP/1.1", "GET / http/1.1", "GET / HTTPS/1.1", "GET / 1.1", "GET / ", "GET a:1 HTTP/1.1",
        ]
    )
    func refusesRequestLine(line: String) {
        #expect(Request(of: "\(line)\r\n\r\n").code == .malformedMessage)
    }

    @Test(
        "A status line may lack the reason and the space before it, and have more space",
        arguments: [
            ("HTTP/1.1 401", ""), ("HTTP/1.1 401 ", ""), ("HTTP/1.1  401", ""), ("HTTP/1.1\t401\tNo", "No"),
            ("HTTP/1.1 401  No", " No"), ("HTTP/1.1 401 \u{E9} ", "\u{E9} "),
        ]
    )
    func acceptsStatusLine(line: String, reason: String) {
        let head = Response(of: "\(line)\r\n\r\n").head
        #expect(head?.status == 401)
        #expect(head?.reason == reason)
    }

    @Test(
        "A status line is a version, three digits and a reason phrase with space between them",
        arguments: [
            "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 10 OK", "HTTP/1.1 1010 OK", "HTTP/1.1 099 OK",
            "HTTP/1.1 +10 OK", "HTTP/1.1 1O1 OK", "HTTP/1.1 -01 OK", "HTTP/1.1 101OK", " HTTP/1.1 101 OK",
            "HTTP 101 OK", "101 OK", "http/1.1 101 OK", "ICY 200 OK", "HTTP/1.1 \u{661}01 OK",
        ]
    )
    func refusesStatusLine(line: String) {
        #expect(Response(of: "\(line)\r\n\r\n").code == .malformedMessage)
    }

    @Test(
        "A target in absolute form is a path, and names the host: that of Host does not count",
        arguments: [
            ("http://b:8/x?y", "b:8", "/x?y"), ("WS://b/x", "b", "/x"), ("https://[::1]:8/", "[::1]:8", "/"),
            ("wss://b", "b", "/"), ("http://b?y", "b", "/?y"), ("http://B//x", "B", "//x"), ("/x", "a", "/x"),
            ("//b/x", "a", "//b/x"), ("/http://b/", "a", "/http://b/"),
        ]
    )
    func readsAbsoluteForm(target: String, authority: String, path: String) throws {
        let head = try #require(Request(of: "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n").head)
        #expect(head.authority == authority)
        #expect(head.target == path)
        let written = head.serialize()
        #expect(Request(of: written, in: [0..<written.count]).head == head)
    }

    @Test(
        "A target in absolute form without a host, with a user, of another scheme or with an illegal path is refused",
        arguments: [
            "http://", "http:///x", "http://:8/x", "http://u:s3cret@a/x", "http://a b/", "http://a,b/", "ftp://a/x",
            "http://a/\u{E9}", "http://a#x", "http:/a", "http:a", "://a/x", "x+y://a/x", "http://a/%4",
        ]
    )
    func refusesAbsoluteForm(target: String) {
        let outcome = Request(of: "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(outcome.code == .malformedMessage)
        #expect(outcome.error?.contains("s3cret") == false)
    }

    @Test(
        "CONNECT, and OPTIONS of the whole server, are refused by their method",
        arguments: ["CONNECT a:1", "CONNECT a", "OPTIONS *"]
    )
    func refusesOtherForms(line: String) throws {
        var parser = HTTPHeadParser<HTTPRequestHead>(limits: HandshakeLimits())
        let bytes = Array("\(line) HTTP/1.1\r\n".utf8)
        let error = try #require(handshakeError { _ = try parser.receive(bytes.span) })
        #expect(error.code == .invalidMethod)
        #expect(ServerHandshakeRefusal(error).response.status == 405)
        #expect(ServerHandshakeRefusal(error).response.fields.first("Allow") == "GET")
    }

    @Test("A later HTTP/1 is read as HTTP/1.1 (RFC 9110 §2.5)", arguments: ["HTTP/1.1", "HTTP/1.2", "HTTP/1.9"])
    func readsLaterVersions(version: String) {
        #expect(Response(of: "\(version) 101 OK\r\n\r\n").head?.version == .http11)
        #expect(Request(of: "GET / \(version)\r\n\r\n").head?.version == .http11)
    }

    @Test("HTTP/1.0 is read, so that what a proxy answers is known; other versions are refused by name")
    func readsVersions() {
        #expect(Response(of: "HTTP/1.0 503 Busy\r\n\r\n").head?.version == .http10)
        #expect(Request(of: "GET / HTTP/1.0\r\n\r\n").head?.version == .http10)
        for version in ["HTTP/2.0", "HTTP/2", "HTTP/1.", "HTTP/1.a", "HTTP/0.9", "HTTP/1.10", "HTTP/1", "HTTP/"] {
            #expect(Response(of: "\(version) 101 OK\r\n\r\n").code == .unsupportedHTTPVersion)
            #expect(Request(of: "GET / \(version)\r\n\r\n").code == .unsupportedHTTPVersion)
        }
    }

    @Test(
        "A request that could inject something is never created",
        arguments: [
            ("G T", "/", "x"), ("", "/", "x"), ("GET\r\n", "/", "x"), ("GET", "", "x"), ("GET", "a", "x"),
            ("GET", "/ HTTP/1.1\r\nX: y", "x"), ("GET", "/\r", "x"), ("GET", "/\n", "x"), ("GET", "/\0", "x"),
            ("GET", "/a b", "x"), ("GET", "/", "a\r\nX: y"), ("GET", "/", "a\0"),
        ]
    )
    func refusesRequestInjection(method: String, target: String, value: String) {
        let code = handshakeErrorCode { _ = try HTTPRequestHead(method: method, target: target, fields: ["X": value]) }
        #expect(code == .invalidField)
    }

    @Test(
        "A response that could inject something is never created",
        arguments: [
            (99, "x", "x"), (1000, "x", "x"), (-1, "x", "x"), (200, "OK\r\nX: y", "x"), (200, "\n", "x"),
            (200, "\0", "x"),
            (200, "\u{E9}", "x"), (200, "OK", "a\r\nX: y"), (200, "OK", "\n"),
        ]
    )
    func refusesResponseInjection(status: Int, reason: String, value: String) {
        let code = handshakeErrorCode {
            _ = try HTTPResponseHead(status: status, reason: reason, fields: ["X": value])
        }
        #expect(code == .invalidField)
    }

    @Test(
        "The usual statuses have the reason phrase of RFC 9110; others have none",
        arguments: [
            (101, "Switching Protocols"), (200, "OK"), (400, "Bad Request"), (401, "Unauthorized"), (403, "Forbidden"),
            (404, "Not Found"), (405, "Method Not Allowed"), (408, "Request Timeout"), (426, "Upgrade Required"),
            (429, "Too Many Requests"), (431, "Request Header Fields Too Large"), (500, "Internal Server Error"),
            (503, "Service Unavailable"), (505, "HTTP Version Not Supported"), (299, ""), (999, ""),
        ]
    )
    func knowsReasons(status: Int, reason: String) throws {
        #expect(try HTTPResponseHead(status: status, fields: [:]).reason == reason)
    }

    @Test("Interim responses are those from 100 to 199 without 101", arguments: [100, 101, 102, 103, 199, 200, 404])
    func knowsInterim(status: Int) throws {
        let isInterim = [100, 102, 103, 199].contains(status)
        #expect(try HTTPResponseHead(status: status, fields: [:]).isInterim == isInterim)
    }
}
