import TestSupport
import Testing
import WebSocketProtocol

@testable import MockAgentServer

@Suite("Attacks: the token of the mock agent")
struct TokenComparisonTests {
    private static func refusal(_ sent: String, token: String) throws -> HTTPAnswer? {
        let authorization = AgentAuthorization(token: token, instanceID: nil)
        let head = try HTTPRequestHead(target: "/", fields: ["Authorization": "Bearer \(sent)"])
        return authorization.refusal(of: head)
    }

    @Test(
        "Only the whole token passes",
        arguments: [
            "", "s", "secre", "secret ", "secrets", "Secret", "secreT", "xecret", "secret\u{20}x", "secretsecret",
        ]
    )
    func wrong(sent: String) throws {
        #expect(try Self.refusal(sent, token: "secret") != nil)
        #expect(try Self.refusal("secret", token: "secret") == nil)
    }

    @Test("A token that is wrong at its first byte takes as long as one that is wrong at its last")
    func constantTime() throws {
        let token = String(repeating: "a", count: 200_000)
        let early = "b" + token.dropFirst()
        let late = token.dropLast() + "b"
        let authorization = AgentAuthorization(token: token, instanceID: nil)
        func time(_ sent: String) throws -> UInt64 {
            let head = try HTTPRequestHead(target: "/", fields: ["Authorization": "Bearer \(sent)"])
            return ThreadTime.shortest(of: 5) { _ = authorization.refusal(of: head) }
        }
        let (first, last) = (try time(early), try time(String(late)))
        // A comparison that stops at the first difference would be thousands of times faster.
        #expect(max(first, last) < min(first, last) * 3, "\(first) ns and \(last) ns")
    }
}
