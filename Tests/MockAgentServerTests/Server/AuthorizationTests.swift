import MockAgentServer
import Testing
import WebSocketProtocol

@Suite("Who may attach", .timeLimit(.minutes(1)))
struct AuthorizationTests {
    private static let missing = #"{"error":"missing or invalid Authorization header"}"#
    private static let wrong = #"{"error":"invalid auth token"}"#

    @Test(
        "A token is asked for as agentctl does",
        arguments: [
            ("s3cret", nil, Self.missing), ("s3cret", "Basic s3cret", Self.missing),
            ("s3cret", "Bearer", Self.missing), ("s3cret", "Bearer s3creT", Self.wrong),
            ("s3cret", "Bearer s3cret2", Self.wrong), ("s3cret", "Bearer s3cret", nil), ("", nil, nil),
            (nil, "Bearer anything", nil),
        ] as [(String?, String?, String?)]
    )
    func token(token: String?, field: String?, body: String?) async throws {
        var configuration = MockServerConfiguration()
        configuration.token = token
        try await withMockServer(configuration) { server in
            var fields: HTTPFields = [:]
            if let field { fields.append(name: "Authorization", value: field) }
            let refusal = try await refusal(on: server, fields: fields)
            #expect(refusal?.status == body.map { _ in 401 })
            #expect(refusal?.text == body)
            #expect(server.upgrades.map(\.attempt) == [0])
        }
    }

    @Test(
        "Another instance's id is refused; no id and the right id are accepted",
        arguments: [(nil, false), ("", false), (" me ", false), ("other", true)] as [(String?, Bool)]
    )
    func instance(id: String?, isRefused: Bool) async throws {
        var configuration = MockServerConfiguration()
        configuration.instanceID = "me"
        try await withMockServer(configuration) { server in
            var fields: HTTPFields = [:]
            if let id { fields.append(name: "X-Instance-ID", value: id) }
            let refusal = try await refusal(on: server, fields: fields)
            #expect(refusal?.status == (isRefused ? 404 : nil))
            guard let text = refusal?.text else { return }
            #expect(text.contains(#""error":"instance no longer exists at this port""#))
            #expect(text.contains(#""expected_id":"me","got_id":"other""#))
            #expect(text.contains(#""port_reuse_hint":""#))
            #expect(text.contains(#""recycled_port":true"#))
        }
    }

    @Test("The token is checked before the instance id")
    func order() async throws {
        var configuration = MockServerConfiguration()
        (configuration.token, configuration.instanceID) = ("s3cret", "me")
        try await withMockServer(configuration) { server in
            let answer = try await refusal(on: server, fields: ["X-Instance-ID": "other"])
            #expect(answer?.status == 401)
        }
    }

    @Test(
        "Health needs no token, everything else does",
        arguments: [("/health", 200), ("/bench/echo", 401), ("/x", 401)]
    )
    func exemption(path: String, status: Int) async throws {
        var configuration = MockServerConfiguration()
        configuration.token = "s3cret"
        try await withMockServer(configuration) { server in
            let refusal = try await refusal(of: path, on: server)
            #expect(refusal?.status == status)
            if status == 200 { #expect(refusal?.text.hasPrefix(#"{"status":"ok","timestamp":"20"#) == true) }
        }
    }

    @Test("An unknown path is answered with 404 and plain text, like an unknown method")
    func unknownPath() async throws {
        try await withMockServer { server in
            let refusal = try await refusal(of: "/api/v1/workspace", on: server)
            #expect(refusal?.status == 404)
            #expect(refusal?.text == "404 page not found")
        }
    }

    @Test("Health is refused to a client that names another instance")
    func guardedHealth() async throws {
        var configuration = MockServerConfiguration()
        (configuration.token, configuration.instanceID) = ("s3cret", "me")
        try await withMockServer(configuration) { server in
            let other = try await refusal(of: "/health", on: server, fields: ["X-Instance-ID": "other"])
            #expect(other?.status == 404)
            let own = try await refusal(of: "/health", on: server, fields: ["X-Instance-ID": "me"])
            #expect(own?.status == 200)
        }
    }
}
