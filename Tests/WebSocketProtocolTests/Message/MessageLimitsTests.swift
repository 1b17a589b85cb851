import Testing
import WebSocketProtocol

@Suite("Message limits")
struct MessageLimitsTests {
    @Test("The defaults are those of the documentation")
    func hasDefaults() {
        #expect(MessageLimits().maximumMessageBytes == 67_108_864)
        #expect(MessageLimits().maximumFragments == 131_072)
    }
}
