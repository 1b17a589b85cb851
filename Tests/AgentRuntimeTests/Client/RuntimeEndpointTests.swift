import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@Suite("Where a runtime listens, and what it is told", .timeLimit(.minutes(1)))
struct RuntimeEndpointTests {
    private static let path = AgentctlAPI.workspaceStreamPath

    @Test(
        "Without a path the stream's is taken, and the query stays",
        arguments: [
            ("ws://h", path), ("ws://h/", path), ("ws://h?session=a", "\(path)?session=a"), ("ws://h/?s", "\(path)?s"),
            ("ws://h:8080?a=/b/", "\(path)?a=/b/"), ("ws://h?", "\(path)?"), ("WS://H:1?x", "\(path)?x"),
            ("https://h?x", "\(path)?x"), ("HTTP://h:1/?x", "\(path)?x"), ("wss://[::1]?x", "\(path)?x"),
            ("ws://[::1]:9?x", "\(path)?x"), ("ws+unix:/s", path), ("ws+unix:/s:", path), ("ws+unix:/s:/", path),
            ("ws+unix:/s:?x", "\(path)?x"), ("WS+UNIX:///s:/?x", "\(path)?x"),
        ]
    )
    func withoutPath(url: String, target: String) throws {
        #expect(try RuntimeEndpoint(url).url.target == target)
    }

    @Test(
        "A path is kept as it is",
        arguments: [
            ("ws://h/a", "/a"), ("ws://h/a/", "/a/"), ("ws://h//", "//"), ("ws://h/a?x", "/a?x"), ("ws://h/.", "/."),
            ("ws://h//?x", "//?x"), ("ws+unix:/s:/a?x", "/a?x"), ("http://h/%2F", "/%2F"),
        ]
    )
    func withPath(url: String, target: String) throws {
        #expect(try RuntimeEndpoint(url).url.target == target)
    }

    @Test(
        "What is no part of such a URL is refused by name, and secrets are not shown",
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

    @Test("The runtime is told who asks, and gets the fields that were added, beside the token and the instance")
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
