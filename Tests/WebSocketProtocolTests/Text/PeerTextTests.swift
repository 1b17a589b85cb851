import Testing

@testable import WebSocketProtocol

@Suite("Text of others in messages")
struct PeerTextTests {
    @Test(
        "A URL is shown without what may be secret",
        arguments: [
            ("ws://there.example/x", "ws://there.example/x"), ("/path?token=s", "/path?..."),
            ("https://h/p#f", "https://h/p?..."), ("//u:p@h:1/", "//...@h:1/"),
            ("wss://u:p@h/a@b?c", "wss://...@h/a@b?..."), ("a@b", "a@b"), ("", ""), ("http:", "http:"),
            ("ws://h/\u{1B}[2J\n", #"ws://h/\e[2J\n"#),
        ]
    )
    func urls(url: String, expected: String) { #expect(PeerText(url: url).description == expected) }

    @Test(
        "What must not reach a terminal is found wherever it stands",
        arguments: ["\n", "\u{7F}", "\u{9B}", "\u{61C}", "\u{200E}", "\u{202E}", "\u{2066}"]
    )
    func anywhere(character: String) {
        let escaped = PeerText(character).description
        for before in 0..<40 {
            // Characters of two and three bytes that begin like those that are escaped.
            for neighbour in ["x", "\u{A9}", "\u{628}", "\u{20AC}"] {
                let left = String(repeating: neighbour, count: before)
                let right = String(repeating: neighbour, count: 20)
                #expect(PeerText(left + character + right).description == left + escaped + right)
            }
        }
    }

    @Test("A long URL, and a long body, are cut")
    func cuts() {
        #expect(PeerText(url: "/" + String(repeating: "x", count: 300)).description.utf8.count == 203)
        let body = PeerText(body: Array(repeating: UInt8(ascii: "y"), count: 201)).description
        #expect(body.utf8.count == 203 && body.hasSuffix("y..."))
    }

    @Test("A body is shown on one line, without the blanks around it")
    func bodies() {
        #expect(PeerText(body: Array(" {\"a\":\n1}\r\n".utf8)).description == "{\"a\":\\n1}")
        #expect(PeerText(body: []).description == "")
        #expect(PeerText(body: Array(" \n".utf8)).description == "")
        #expect(PeerText(body: [0xFF, 0x1B]).description == "\u{FFFD}\\e")
    }
}
