import Testing
import WebSocketProtocol

@Suite("Close code")
struct CloseCodeTests {
    @Test("Exactly the codes of RFC 6455 §7.4 and the IANA registry may be sent")
    func knowsWhatMayBeSent() {
        let allowed = Set([1000, 1001, 1002, 1003] + Array(1007...1014) + Array(3000...4999))
        for code in UInt16.min ... .max where CloseCode(rawValue: code).isValidOnTheWire != allowed.contains(Int(code))
        {
            Issue.record("\(code)")
        }
    }

    @Test("Each name stands for its number")
    func hasNames() {
        let named: [CloseCode] = [
            .normalClosure, .goingAway, .protocolError, .unsupportedData, .invalidFramePayloadData, .policyViolation,
            .messageTooBig, .mandatoryExtension, .internalError, .serviceRestart, .tryAgainLater, .badGateway,
        ]
        #expect(named.map(\.rawValue) == [1000, 1001, 1002, 1003] + Array(1007...1014))
        #expect(CloseCode.badGateway.description == "1014")
    }

    @Test("A number in the source is a code, and a code is made of any number")
    func integers() {
        let code: CloseCode = 4001
        #expect(code == CloseCode(rawValue: 4001))
        #expect(CloseCode(4001).rawValue == 4001)
        #expect(CloseCode.goingAway == 1001)
    }
}
