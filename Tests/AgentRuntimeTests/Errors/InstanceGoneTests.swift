import Testing
import WebSocketProtocol
import WebSocketTransport

@testable import AgentRuntime

@Suite("A port that another instance uses now")
struct InstanceGoneTests {
    private func error(expected: String, got: String) -> AgentRuntimeError {
        let body = #"{"error":"x","expected_id":"\#(expected)","got_id":"\#(got)","recycled_port":true}"#
        let refusal = UpgradeRefusal(status: 404, body: Array(body.utf8))
        let cause = HandshakeError(.upgradeRefused, "404", refusal: refusal)
        return AgentRuntimeError(dialling: WebSocketError(.upgradeRefused, cause: cause))
    }

    @Test("The message names both ids, and the error has them as values")
    func namesBoth() {
        let error = self.error(expected: "blue", got: "red")
        #expect(error.code == .instanceGone && error.retry == .never)
        #expect(error.message == "Instance red is gone; its port now belongs to blue.")
        #expect(error.instance?.expectedID == "blue" && error.instance?.gotID == "red")
    }

    @Test("A member of another type is missing, and hides no other member")
    func toleratesOtherTypes() {
        let body = #"{"error":{"code":7},"expected_id":"blue","got_id":5,"recycled_port":true}"#
        let cause = HandshakeError(.upgradeRefused, "404", refusal: UpgradeRefusal(status: 404, body: Array(body.utf8)))
        let error = AgentRuntimeError(dialling: WebSocketError(.upgradeRefused, cause: cause))
        #expect(error.code == .instanceGone)
        #expect(error.instance?.expectedID == "blue" && error.instance?.gotID == nil)
    }

    @Test("A long id is cut and escaped in the message, and whole in the value")
    func cutsLongIDs() {
        let id = #"\u001b[31m"# + String(repeating: "x", count: 60_000)
        let error = self.error(expected: id, got: id)
        #expect(error.message.utf8.count < 600)
        #expect(error.message.contains(#"\e[31mx"#))
        #expect(error.instance?.expectedID?.count == 60_005)
    }
}
