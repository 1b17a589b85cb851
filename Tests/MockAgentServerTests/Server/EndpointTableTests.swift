import Testing
import WebSocketProtocol

@testable import MockAgentServer

@Suite("Paths of the mock server", .timeLimit(.minutes(1)))
struct EndpointTableTests {
    @Test(
        "A slash too many or too few is redirected before any check; other paths and methods are unknown",
        arguments: [
            ("GET", "/health", 200, nil), ("GET", "/health/", 301, "/health"), ("GET", "//health", 401, nil),
            ("POST", "/api/v1/start/", 307, "/api/v1/start"), ("POST", "/health", 404, nil),
            ("GET", "/api/v1/processes/", 301, "/api/v1/processes"), ("GET", "/api/v1/start", 401, nil),
            ("GET", "/api/v1/shell/terminal/t1/buffer/", 301, "/api/v1/shell/terminal/t1/buffer"),
        ] as [(String, String, Int, String?)]
    )
    func paths(method: String, path: String, status: Int, location: String?) async throws {
        var configuration = MockServerConfiguration()
        configuration.token = "s3cret"
        try await withMockServer(configuration) { server in
            let answer = try await RawHTTP.ask(server.port, method, path)
            #expect(answer.status == status)
            #expect(answer.fields["location"] == location)
        }
    }

    @Test(
        "Percent-encoding is decoded; what is not an encoding stays",
        arguments: [("a%20b", "a b"), ("%C3%BC", "ü"), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("a+b", "a b")]
    )
    func percent(text: String, decoded: String) {
        #expect(PercentText.decoded(text[...]) == decoded)
    }
}
