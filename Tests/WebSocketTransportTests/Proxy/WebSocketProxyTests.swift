import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("The URL of a proxy")
struct WebSocketProxyTests {
    @Test(
        "Legal URLs are taken apart",
        arguments: [
            ("http://proxy.test", "http", "proxy.test", 80, nil, nil),
            ("http://proxy.test:3128/", "http", "proxy.test", 3128, nil, nil),
            ("HTTP://Proxy.test", "http", "proxy.test", 80, nil, nil),
            ("socks5://10.0.0.1", "socks5", "10.0.0.1", 1080, nil, nil),
            ("socks5h://[::1]:9", "socks5", "::1", 9, nil, nil),
            ("http://u:p@h", "http", "h", 80, "u", "p"), ("http://u@h", "http", "h", 80, "u", ""),
            ("http://u:p:q@h", "http", "h", 80, "u", "p:q"), ("http://u:p@q@h:1", "http", "h", 1, "u", "p@q"),
            ("http://a%40b:c%2Fd%25@h", "http", "h", 80, "a@b", "c/d%"), ("http://:p@h", "http", "h", 80, "", "p"),
            ("socks5://u:%C3%A9@h", "socks5", "h", 1080, "u", "é"),
        ] as [(String, String, String, Int, String?, String?)]
    )
    func legal(text: String, kind: String, host: String, port: Int, user: String?, password: String?) throws {
        let proxy = try WebSocketProxy(text)
        #expect(proxy.kind.rawValue == kind)
        #expect(proxy.host == host)
        #expect(proxy.port == port)
        #expect(proxy.credentials?.user == user)
        #expect(proxy.credentials?.password == password)
    }

    @Test(
        "Others are refused, and no part that may be secret is quoted",
        arguments: [
            "", "proxy.test:3128", "https://u:s3cret@h", "ftp://u:s3cret@h", "socks4://h", "http://",
            "http://u:s3cret@", "http://h:0", "http://h:65536", "http://h:", "http://h:1x", "http://h/s3cret",
            "http://h?s3cret",
            "http://h#s3cret", "http://u:s3cret%@h", "http://u:s3cret%FF@h", "http://u:s3cret%0A@h",
            "http://a%3Ab:s3cret@h", "socks5://u@h", "socks5://:s3cret@h", "http://u:s3cret/x@h", "http://[::g]",
        ]
    )
    func illegal(text: String) {
        let error = #expect(throws: WebSocketError.self) { try WebSocketProxy(text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error.map { "\($0)".contains("s3cret") } == false)
    }

    @Test("User and password of a SOCKS5 proxy have at most 255 bytes", arguments: [255, 256])
    func long(count: Int) {
        let text = String(repeating: "x", count: count)
        let isLegal = (try? WebSocketProxy(kind: .socks5, host: "h", user: text, password: text)) != nil
        #expect(isLegal == (count == 255))
    }

    @Test("User and password are not shown, however a proxy or a configuration is printed")
    func redacted() throws {
        var configuration = WebSocketClientConfiguration()
        let proxy = try WebSocketProxy("http://someuser:s3cret@[::1]:3128")
        configuration.proxy = proxy
        var dumped = ""
        dump(configuration, to: &dumped)
        dump(proxy.credentials, to: &dumped)
        for text in ["\(proxy)", String(reflecting: proxy), "\(configuration)", dumped, "\(proxy.credentials as Any)"] {
            #expect(!text.contains("s3cret") && !text.contains("someuser"), "\(text)")
        }
        #expect("\(proxy)" == "http://[::1]:3128")
    }
}
