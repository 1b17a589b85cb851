import Foundation
import Testing
import WorkspaceProtocol

@Suite("The bodies of agentctl's refusals")
struct AgentctlErrorBodyTests {
    private static func decoded(_ text: String) throws -> AgentctlErrorBody {
        try JSONDecoder().decode(AgentctlErrorBody.self, from: Data(text.utf8))
    }

    @Test("The members for a reused port are read and written with the same names")
    func recycledPort() throws {
        let text = #"{"error":"e","expected_id":"b","got_id":"a","port_reuse_hint":"h","recycled_port":true}"#
        var body = AgentctlErrorBody("e")
        (body.expectedID, body.gotID, body.portReuseHint, body.isRecycledPort) = ("b", "a", "h", true)
        #expect(try Self.decoded(text) == body)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(body), as: UTF8.self) == text)
    }

    @Test("A plain refusal is written with only its message, and missing members are nil")
    func plain() throws {
        #expect(
            String(decoding: try JSONEncoder().encode(AgentctlErrorBody("no")), as: UTF8.self) == #"{"error":"no"}"#
        )
        #expect(try Self.decoded(#"{"error":"no","code":7}"#) == AgentctlErrorBody("no"))
        #expect(try Self.decoded("{}").error == nil)
    }
}
