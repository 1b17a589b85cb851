import Testing

@testable import WebSocketProtocol

@Suite("Where a Location leads")
struct WebSocketURLLocationTests {
    @Test(
        "A reference is resolved as in RFC 3986 §5.2",
        arguments: [
            ("/x", "ws://h:81/x"), ("x", "ws://h:81/a/b/x"), ("./x", "ws://h:81/a/b/x"), ("../x", "ws://h:81/a/x"),
            ("../../../x", "ws://h:81/x"), ("..", "ws://h:81/a/"), (".", "ws://h:81/a/b/"), ("x/", "ws://h:81/a/b/x/"),
            ("x/../y", "ws://h:81/a/b/y"), ("", "ws://h:81/a/b/c?q=1"), ("?r=2", "ws://h:81/a/b/c?r=2"),
            ("#f", "ws://h:81/a/b/c?q=1"), ("x?r=../2#f", "ws://h:81/a/b/x?r=../2"), ("/x:y", "ws://h:81/x:y"),
            ("./x:y", "ws://h:81/a/b/x:y"), ("//other/x", "ws://other/x"), ("//other:82", "ws://other:82/"),
            ("http://other/x", "ws://other/x"), ("https://other:82/x?y", "wss://other:82/x?y"),
            ("HTTPS://Other/", "wss://other/"), ("ws://other/a/../b", "ws://other/b"), ("wss://other", "wss://other/"),
            ("http://h:81/x", "ws://h:81/x"), ("/%2e%2e/x", "ws://h:81/%2e%2e/x"), ("/a//b", "ws://h:81/a//b"),
        ]
    )
    func resolved(location: String, expected: String) throws {
        let url = try WebSocketURL("ws://h:81/a/b/c?q=1")
        #expect(try url.resolving(location: location) == WebSocketURL(expected))
    }

    @Test("A scheme-relative reference keeps wss")
    func schemeRelative() throws {
        let url = try WebSocketURL("wss://h/")
        #expect(try url.resolving(location: "//other/x") == WebSocketURL("wss://other/x"))
        #expect(try url.resolving(location: "/x") == WebSocketURL("wss://h/x"))
    }

    @Test("A relative reference stays at a Unix socket")
    func unix() throws {
        let url = try WebSocketURL("ws+unix:/s:/a/b")
        #expect(try url.resolving(location: "c") == WebSocketURL("ws+unix:/s:/a/c"))
        #expect(try url.resolving(location: "//other/x") == WebSocketURL("ws+unix:/s://other/x"))
        #expect(try url.resolving(location: "http://other/x") == WebSocketURL("ws://other/x"))
    }

    @Test(
        "What leads to no WebSocket is refused, and queries are not quoted",
        arguments: [
            "ftp://h/", "mailto:x", "http:x", "http://", "http://u:s3cret@h/", "/a b?s3cret", "//h:99999/", "/%zz",
        ]
    )
    func illegal(location: String) throws {
        let url = try WebSocketURL("ws://h/")
        let error = #expect(throws: HandshakeError.self) { try url.resolving(location: location) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("s3cret") == false)
    }

    @Test(
        "An origin is scheme, host and port, or the socket",
        arguments: [
            ("ws://h/a", "ws://H:80/b", true), ("ws://h/", "wss://h:80/", false), ("ws://h/", "ws://h:81/", false),
            ("ws://h/", "ws://i/", false), ("ws+unix:/s:/a", "ws+unix:/s:/b", true),
            ("ws+unix:/s:/", "ws+unix:/t:/", false), ("ws+unix:/s:/", "ws://localhost/", false),
        ]
    )
    func origins(first: String, second: String, isSame: Bool) throws {
        #expect(try WebSocketURL(first).isSameOrigin(as: WebSocketURL(second)) == isSame)
        #expect(try WebSocketURL(second).isSameOrigin(as: WebSocketURL(first)) == isSame)
    }
}
