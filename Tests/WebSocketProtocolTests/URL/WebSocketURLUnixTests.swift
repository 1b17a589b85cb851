import Testing

@testable import WebSocketProtocol

@Suite("The URL of a WebSocket behind a Unix domain socket")
struct WebSocketURLUnixTests {
    @Test(
        "Legal URLs are taken apart",
        arguments: [
            ("ws+unix:/tmp/a.sock:/x?y=1", "/tmp/a.sock", "/x?y=1"), ("ws+unix:///tmp/a.sock:/x", "/tmp/a.sock", "/x"),
            ("ws+unix:/tmp/a.sock", "/tmp/a.sock", "/"), ("ws+unix:/tmp/a.sock:", "/tmp/a.sock", "/"),
            ("WS+UNIX:/tmp/A", "/tmp/A", "/"), ("ws+unix:////tmp/A", "//tmp/A", "/"), ("ws+unix:/a:/b:c", "/a", "/b:c"),
            ("ws+unix:/a%20b%3Ac%25:/x", "/a b:c%", "/x"), ("ws+unix:/%C3%A9", "/é", "/"),
            ("ws+unix:/a:?x=1", "/a", "/?x=1"),
        ]
    )
    func legal(text: String, socketPath: String, target: String) throws {
        let url = try WebSocketURL(text)
        #expect(url.socketPath == socketPath)
        #expect(url.target == target)
        #expect(url.hostField == "localhost")
        #expect(!url.isSecure)
        // The printed URL leads to the same socket, without the query.
        let again = try WebSocketURL("\(url)".replacing("?...", with: ""))
        #expect(again.socketPath == socketPath)
    }

    @Test(
        "Others are refused",
        arguments: [
            "ws+unix:", "ws+unix://", "ws+unix:a.sock", "ws+unix://host/a.sock", "ws+unix:/a?x", "ws+unix:/a#x",
            "ws+unix:/a:x", "ws+unix:/a:/x y", "ws+unix:/a%zz", "ws+unix:/a%FF", "ws+unix:/a%00", "wss+unix:/a:/x",
        ]
    )
    func illegal(text: String) {
        let error = #expect(throws: HandshakeError.self) { try WebSocketURL(text) }
        #expect(error?.code == .invalidURL)
    }
}
