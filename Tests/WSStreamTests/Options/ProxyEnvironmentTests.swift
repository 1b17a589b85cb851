import Testing
import WebSocketProtocol
import WebSocketTransport

@testable import wsstream

@Suite("The proxy of the environment")
struct ProxyEnvironmentTests {
    @Test(
        "ws and wss have variables of their own, lower case first, and one for both",
        arguments: [
            (["http_proxy": "http://p:1"], "ws://h/", "http://p:1"), (["http_proxy": "http://p:1"], "wss://h/", nil),
            (["HTTPS_PROXY": "http://p:1"], "wss://h/", "http://p:1"),
            (["HTTPS_PROXY": "http://p:1"], "ws://h/", nil),
            (["https_proxy": "http://p:1", "HTTPS_PROXY": "http://p:2"], "wss://h/", "http://p:1"),
            (["https_proxy": "", "HTTPS_PROXY": "http://p:2"], "wss://h/", "http://p:2"),
            (["all_proxy": "socks5://p"], "ws://h/", "socks5://p:1080"),
            (["ALL_PROXY": "socks5h://p:9"], "wss://h/", "socks5://p:9"),
            (["ALL_PROXY": "http://all", "HTTP_PROXY": "http://p"], "ws://h/", "http://p:80"),
            (["HTTP_PROXY": "p:3128"], "ws://h/", "http://p:3128"),
            (["HTTP_PROXY": "ada:s3cret@p:3128"], "ws://h/", "http://p:3128"),
            (["HTTP_PROXY": "http://p", "NO_PROXY": "h"], "ws://h/", nil),
            (["HTTP_PROXY": "http://p", "no_proxy": "i", "NO_PROXY": "h"], "ws://h/", "http://p:80"),
            (["HTTP_PROXY": "http://p", "NO_PROXY": "h:81"], "ws://h/", "http://p:80"),
            (["HTTP_PROXY": "http://p", "NO_PROXY": "h:80"], "ws://h/", nil), ([:], "ws://h/", nil),
        ] as [([String: String], String, String?)]
    )
    func chosen(variables: [String: String], url: String, proxy: String?) throws {
        let chosen = try ProxyEnvironment(variables).proxy(for: WebSocketURL(url))
        #expect(chosen?.description == proxy)
    }

    @Test(
        "This machine is connected to directly",
        arguments: [
            ("ws://localhost/", true), ("ws://a.LOCALHOST/", true), ("ws://localhost./", true),
            ("ws://127.0.0.1/", true), ("ws://127.8.9.1/", true), ("ws://[::1]/", true), ("ws+unix:/s:/", true),
            ("ws://notlocalhost/", false),
            ("ws://localhost.test/", false), ("ws://128.0.0.1/", false), ("ws://[::2]/", false),
        ]
    )
    func loopback(url: String, isDirect: Bool) throws {
        let environment = ProxyEnvironment(["ALL_PROXY": "http://p"])
        #expect((try environment.proxy(for: WebSocketURL(url)) == nil) == isDirect)
    }

    @Test(
        "A value that can't be used is an error that names the variable and not the value",
        arguments: ["ftp://u:s3cret@p", "http://u:s3cret@", "http://p/s3cret"]
    )
    func unusable(value: String) throws {
        let error = #expect(throws: ProxyEnvironment.VariableError.self) {
            try ProxyEnvironment(["ALL_PROXY": value]).proxy(for: WebSocketURL("ws://h/"))
        }
        #expect(error?.variable == "ALL_PROXY")
        #expect(error?.description.contains("s3cret") == false)
    }
}
