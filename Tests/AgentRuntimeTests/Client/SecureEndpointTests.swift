import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

@Suite("A runtime behind TLS", .timeLimit(.minutes(1)))
struct SecureEndpointTests {
    private static var server: MockServerConfiguration {
        var configuration = MockServerConfiguration()
        let identity = TLSIdentity(
            certificateChain: .text(TestCertificates.serverCertificate),
            privateKey: .text(TestCertificates.serverKey)
        )
        configuration.tls = WebSocketServerTLSConfiguration(identity: identity)
        configuration.token = "t0ken"
        return configuration
    }

    @Test("A workspace stream opens over wss and https, and closes with nothing left")
    func stream() async throws {
        try await withMockServer(Self.server) { server in
            var configuration = AgentRuntimeConfiguration()
            configuration.tls.trustRoots = .certificates(.text(TestCertificates.authority))
            for url in [server.url, "https://localhost:\(server.port)"] {
                let endpoint = try RuntimeEndpoint(url, token: "t0ken")
                let client = try AgentRuntimeClient(endpoint: endpoint, configuration: configuration)
                let first = try await client.withWorkspaceStream { stream in
                    var events = stream.events.makeAsyncIterator()
                    return try await events.next()
                }
                #expect(first?.type == .connected)
                #expect(await client.close().isEmpty)
            }
        }
    }

    @Test("A certificate that is not trusted and a runtime that can't be reached are different errors")
    func notTrusted() async throws {
        try await withMockServer(Self.server) { server in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url, token: "t0ken"))
            let error = await #expect(throws: AgentRuntimeError.self) { _ = try await client.openWorkspaceStream() }
            #expect(error?.code == .notTrusted)
            #expect(error?.message.contains("not trusted") == true)
            #expect(await client.close().isEmpty)
        }
    }

    @Test("A stream goes through the proxy, whose refusal is a failure to connect")
    func proxy() async throws {
        let proxy = try await RawServer.start(greeting: Array("HTTP/1.1 407 No\r\n\r\n".utf8))
        var configuration = AgentRuntimeConfiguration()
        configuration.proxy = try WebSocketProxy("http://ada:s3cret@127.0.0.1:\(proxy.port)")
        let client = try AgentRuntimeClient(
            endpoint: RuntimeEndpoint("wss://runtime.invalid"),
            configuration: configuration
        )
        let error = await #expect(throws: AgentRuntimeError.self) { _ = try await client.openWorkspaceStream() }
        #expect(error?.code == .connectFailed)
        #expect(error?.message.contains("status 407") == true)
        #expect(error.map { "\($0)".contains("s3cret") } == false)
        #expect(await client.close().isEmpty)
        await proxy.close()
    }

    @Test(
        "The base URL of the HTTP API is that of the streams, too, and is shown without its query",
        arguments: [
            ("http://h:8080", "ws://h:8080/"), ("HTTPS://h/", "wss://h/"), ("https://h/other?x", "wss://h/other?..."),
            ("https://h/other/api/v1/workspace/stream", "wss://h/other"), ("ws+unix:/s", "ws+unix:/s:/"),
        ]
    )
    func baseURL(url: String, expected: String) throws {
        #expect(try RuntimeEndpoint(url).description == expected)
    }
}
