import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("The URL of a runtime, and the fields of the request", .timeLimit(.minutes(1)))
struct RuntimeEndpointTests {
    private static let path = AgentctlAPI.workspaceStreamPath

    private static func targets(_ url: String) throws -> [String] {
        let endpoint = try RuntimeEndpoint(url)
        return [
            try endpoint.url(path: Self.path).target,
            try endpoint.url(path: AgentctlAPI.healthPath, query: "q=1").target,
        ]
    }

    @Test(
        "A URL without a path is the base of every stream and call, and its query is sent with each of them",
        arguments: [
            "ws://h", "ws://h/", "ws://h//", "ws://h:80", "WS://H:1", "https://h", "HTTP://h:1/", "wss://[::1]",
            "ws+unix:/s:", "ws+unix:/s:/", "WS+UNIX:///s:/",
        ]
    )
    func withoutPath(url: String) throws {
        #expect(try Self.targets(url) == [Self.path, "/health?q=1"])
        #expect(try Self.targets("\(url)?a=/b/") == ["\(Self.path)?a=/b/", "/health?a=/b/&q=1"])
        #expect(try Self.targets("\(url)?") == [Self.path, "/health?q=1"])
    }

    @Test(
        "A path is before the paths of agentctl, with or without a slash at its end",
        arguments: [
            "ws://h/a", "ws://h/a/", "ws://h/a//", "http://h/a", "ws+unix:/s:/a", "ws+unix:/s:/a/",
        ]
    )
    func withPath(url: String) throws {
        #expect(try Self.targets(url) == ["/a\(Self.path)", "/a/health?q=1"])
        #expect(try Self.targets("\(url)?x") == ["/a\(Self.path)?x", "/a/health?x&q=1"])
    }

    @Test(
        "The path of the workspace stream at the end of a URL means the base before it",
        arguments: [
            (path, ""), ("\(path)/", ""), ("/ws-7\(path)", "/ws-7"), ("/ws-7/\(path)/", "/ws-7"),
            ("/%2F\(path)", "/%2F"),
            ("\(path)x", "\(path)x"),
        ]
    )
    func streamPath(path: String, base: String) throws {
        for server in ["ws://h", "https://h:8443", "ws+unix:/s:"] {
            #expect(try Self.targets(server + path) == [base + Self.path, "\(base)/health?q=1"])
        }
    }

    @Test(
        "A part that such a URL must not have is refused by name, and secrets are not shown",
        arguments: [
            ("ws://h?x#s3cret", "fragment"), ("ws://h#s3cret", "fragment"), ("ws://u:s3cret@h?x", "user or password"),
            ("ws://h:?x", "port"), ("ws://?x", "host is empty"), ("ws+unix:/s?s3cret", "behind a colon"),
            ("h:80?x", "ws://"), ("ftp://h?x", "ftp"),
        ]
    )
    func refused(url: String, hint: String) {
        let error = #expect(throws: AgentRuntimeError.self) { try RuntimeEndpoint(url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("s3cret") == false)
    }

    @Test("The request has User-Agent, added fields, token and instance id")
    func fields() async throws {
        let server = try await RawServer.start()
        var configuration = AgentRuntimeConfiguration()
        configuration.userAgent = "manager/2"
        configuration.fields = ["X-Gateway-Key": "k", "Cookie": "a=b"]
        let endpoint = try RuntimeEndpoint("ws://127.0.0.1:\(server.port)", token: "t", instanceID: "i")
        let client = try AgentRuntimeClient(endpoint: endpoint, configuration: configuration)
        async let opening: Void = { _ = try? await client.openWorkspaceStream() }()
        let head = try await server.peer().receiveHead()
        for line in ["User-Agent: manager/2", "X-Gateway-Key: k", "Cookie: a=b", "Authorization: Bearer t"] {
            #expect(head.contains("\r\n\(line)\r\n"))
        }
        #expect(head.contains("\r\nX-Instance-ID: i\r\n"))
        await client.close()
        await opening
        await server.close()
    }

    @Test("A field that the endpoint sends can't be added, in any case; without a token, Authorization can")
    func twice() throws {
        var configuration = AgentRuntimeConfiguration()
        for name in ["AUTHORIZATION", "x-instance-id"] {
            configuration.fields = [name: "s3cret"]
            let endpoint = try RuntimeEndpoint("ws://h", token: "t", instanceID: "i")
            let error = #expect(throws: AgentRuntimeError.self) {
                try AgentRuntimeClient(endpoint: endpoint, configuration: configuration)
            }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains("s3cret") == false)
            _ = try AgentRuntimeClient(endpoint: RuntimeEndpoint("ws://h"), configuration: configuration)
        }
    }
}
