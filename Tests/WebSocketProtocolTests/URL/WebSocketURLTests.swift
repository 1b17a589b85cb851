import Testing

@testable import WebSocketProtocol

@Suite("WebSocket URLs")
struct WebSocketURLTests {
    @Test(
        "A URL is taken apart into scheme, host, port and target",
        arguments: [
            ("ws://example.com", "ws", "example.com", 80, "/"),
            ("wss://example.com", "wss", "example.com", 443, "/"),
            ("WS://Example.COM/", "ws", "example.com", 80, "/"),
            ("wSs://a:8443/b/c?d=e&f", "wss", "a", 8443, "/b/c?d=e&f"),
            ("ws://a?b", "ws", "a", 80, "/?b"),
            ("ws://a:1?b/c", "ws", "a", 1, "/?b/c"),
            ("ws://a/?", "ws", "a", 80, "/?"),
            ("ws://a//b/../c", "ws", "a", 80, "//b/../c"),
            ("ws://a/%20%2f%C3%A9?%25", "ws", "a", 80, "/%20%2f%C3%A9?%25"),
            ("ws://a/b@c:d?e://f", "ws", "a", 80, "/b@c:d?e://f"),
            ("ws://a/x[]=1?y[0]='(*)'!,;$+", "ws", "a", 80, "/x[]=1?y[0]='(*)'!,;$+"),
            ("ws://127.0.0.1:65535/", "ws", "127.0.0.1", 65535, "/"),
            ("ws://[::1]/", "ws", "::1", 80, "/"),
            ("wss://[2001:DB8::A]:9000/x", "wss", "2001:db8::a", 9000, "/x"),
            ("ws://a_b-c.d~e:00080", "ws", "a_b-c.d~e", 80, "/"),
        ]
    )
    func parses(text: String, scheme: String, host: String, port: Int, target: String) throws {
        let url = try WebSocketURL(text)
        #expect(url.scheme.rawValue == scheme)
        #expect(url.isSecure == (scheme == "wss"))
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(try WebSocketURL(scheme: url.scheme, host: host, port: port, path: target) == url)
    }

    @Test(
        "A URL that is not of that form is refused, and the message says what to do",
        arguments: [
            ("", "ws://"), ("example.com", "ws://"), ("//example.com", "ws://"), ("ws:example.com", "ws://"),
            ("ws:/a", "ws://"), (" ws://a", "not known"), ("ftp://a", "ftp"), ("://a", "ws://"),
            ("http://a", "use ws://"), ("https://a", "use wss://"), ("HTTPS://a", "use wss://"),
            ("ws://", "host is empty"), ("ws:///a", "host is empty"), ("ws://:80", "host is empty"),
            ("ws://?a", "host is empty"), ("ws://[]", "IPv6"),
            ("ws://user@a", "Authorization"), ("ws://user:secret@a/", "Authorization"), ("ws://@a", "Authorization"),
            ("ws://a/b#c", "fragment"), ("ws://a#", "fragment"), ("ws://a/?b#c", "fragment"),
            ("ws://a:", "port"), ("ws://a:0", "1...65535"), ("ws://a:65536", "1...65535"), ("ws://a:+80", "port"),
            ("ws://a:-1", "port"), ("ws://a:8o", "port"), ("ws://a:99999999999999999999", "port"),
            ("ws://a:80:90", "port"),
            ("ws://a: 80", "port"), ("ws://a:\u{0661}", "port"),
            ("ws://a b/", "\" \""), ("ws://a\r\nb/", "\\x0d"), ("ws://a\0", "\\x00"),
            ("ws://b\u{FC}cher.de", "Punycode"),
            ("ws://a%20b", "\"%\""), ("ws://a,b", "\",\""), ("ws://a\\b", "\\\\"),
            ("ws://a/b c", "%20"), ("ws://a/\t", "%09"), ("ws://a/\n", "%0A"), ("ws://a/\0", "%00"),
            ("ws://a/\u{7F}", "%7F"),
            ("ws://a/\u{E9}", "%C3"), ("ws://a/?\u{E9}", "%C3"), ("ws://a/\"", "%22"), ("ws://a/<", "%3C"),
            ("ws://a/|", "%7C"),
            ("ws://a/\\", "%5C"), ("ws://a/^", "%5E"), ("ws://a/`", "%60"), ("ws://a/{", "%7B"), ("ws://a/}", "%7D"),
            ("ws://a/%", "two hexadecimal"), ("ws://a/%4", "two hexadecimal"), ("ws://a/%zz", "two hexadecimal"),
            ("ws://a/%%41", "two hexadecimal"), ("ws:/\u{338}/a", "ws://"), ("ws://a/\u{301}", "%CC"),
            ("ws://::1/", "port"), ("ws://[::1/", "port"), ("ws://::1]/", "IPv6"), ("ws://[::1]x/", "IPv6"),
            ("ws://[::1]x:80/", "IPv6"), ("ws://[fe80::1%25eth0]/", "zone"), ("ws://[1.2.3.4]/", "IPv6"),
            ("ws://[v1.a]/", "IPv6"), ("ws://x[::1]/", "IPv6"),
        ]
    )
    func refuses(text: String, hint: String) throws {
        let error = try #require(handshakeError { _ = try WebSocketURL(text) })
        #expect(error.code == .invalidURL)
        #expect(error.message.contains(hint), "\(error.message)")
        #expect(!error.message.contains("secret"))
        #expect(error.message.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    }

    @Test("A host has at most 253 bytes")
    func limitsHost() throws {
        let longest = String(repeating: "a", count: 253)
        #expect(try WebSocketURL("ws://\(longest)").host == longest)
        #expect(handshakeErrorCode { _ = try WebSocketURL("ws://\(longest)a") } == .invalidURL)
    }

    @Test("A URL from parts has defaults, and takes an IPv6 address with or without brackets")
    func createsFromParts() throws {
        #expect(try WebSocketURL(host: "A") == WebSocketURL("ws://a/"))
        #expect(try WebSocketURL(scheme: .wss, host: "[::1]", path: "/?a") == WebSocketURL("wss://[::1]?a"))
        #expect(try WebSocketURL(host: "::1", port: 1).hostField == "[::1]:1")
    }

    @Test(
        "Parts are checked as the whole is",
        arguments: [
            ("a", 0, "/"), ("a", -1, "/"), ("a", 65536, "/"), ("", 80, "/"), ("a:80", 80, "/"), ("a/b", 80, "/"),
            ("u@a", 80, "/"), ("a", 80, ""), ("a", 80, "b"), ("a", 80, "?b"), ("a", 80, "/#"), ("a", 80, "/ "),
        ]
    )
    func refusesParts(host: String, port: Int, path: String) {
        #expect(handshakeErrorCode { _ = try WebSocketURL(host: host, port: port, path: path) } == .invalidURL)
    }

    @Test("The description leaves out the query, which may hold a token")
    func hidesQuery() throws {
        #expect(try WebSocketURL("wss://a:1/b?token=s3cret").description == "wss://a:1/b?...")
        #expect(try WebSocketURL("ws://[::1]/b").description == "ws://[::1]/b")
    }

    @Test(
        "An IPv6 address is eight groups, or fewer with one gap, the last two possibly in IPv4 form",
        arguments: [
            "::", "::1", "1::", "1::2", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3::5:6:7:8",
            "::ffff:1.2.3.4", "1:2:3:4:5:6:255.255.255.255", "ABCD:ef01::", "0000::0", "::1.2.3.4", "1::1.2.3.4",
        ]
    )
    func acceptsAddress(text: String) {
        #expect(IPv6Address.isValid(Array(text.utf8)[...]))
    }

    @Test(
        "Everything else is not an IPv6 address",
        arguments: [
            "", ":", ":::", "1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:", ":1::2", "1::2:", "1:::2", "12345::", "g::", "1:2:3:4::5:6:7:8", "::1:2:3:4:5:6:7:8",
            "1.2.3.4::", "1.2.3.4:5::", "::1.2.3", "::1.2.3.4.5", "::256.1.1.1", "::01.1.1.1", "::1.1.1.1:1",
            "::1..1.1",
            "1:2:3:4:5:6:7:1.2.3.4", "::%1", "::1 ", "0000:0000:0000:0000:0000:0000:255.255.255.255:",
            "0000:0000:0000:0000:0000:ffff:255.255.255.2550",
        ]
    )
    func refusesAddress(text: String) {
        #expect(!IPv6Address.isValid(Array(text.utf8)[...]))
    }
}
