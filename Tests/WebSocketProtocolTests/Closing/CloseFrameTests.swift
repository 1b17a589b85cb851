import Testing
import WebSocketProtocol

@Suite("Close frame")
struct CloseFrameTests {
    private func read(_ payload: [UInt8]) -> Result<CloseFrame, ProtocolViolation> {
        Result { () throws(ProtocolViolation) in try CloseFrame(payload: payload) }
    }

    private func payload(_ code: Int, _ reason: [UInt8] = []) -> [UInt8] {
        [UInt8(code >> 8), UInt8(code & 0xFF)] + reason
    }

    private func violation(_ payload: [UInt8]) -> ProtocolViolation.Code? {
        guard case .failure(let violation) = self.read(payload) else { return nil }
        return violation.code
    }

    @Test("An empty payload is a frame without a code")
    func readsEmpty() throws {
        #expect(try self.read([]).get() == .empty)
        #expect(CloseFrame.empty.code == nil)
        #expect(CloseFrame.empty.reason.isEmpty)
        #expect(CloseFrame.empty.payload.isEmpty)
    }

    @Test("One byte of payload is refused", arguments: [0, 3, 255] as [UInt8])
    func refusesOneByte(byte: UInt8) {
        #expect(self.violation([byte]) == .invalidClosePayload)
    }

    @Test("A code is read exactly when it may be sent")
    func checksEveryCode() {
        for code in 0...65535 {
            let isAllowed = CloseCode(rawValue: UInt16(code)).isValidOnTheWire
            switch self.read(self.payload(code)) {
            case .success(let frame): if !isAllowed || frame.code?.rawValue != UInt16(code) { Issue.record("\(code)") }
            case .failure(let violation):
                if isAllowed || violation.code != .invalidClosePayload { Issue.record("\(code)") }
            }
        }
    }

    @Test(
        "Codes at the edges of the ranges of RFC 6455 §7.4 are accepted",
        arguments: [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 3999, 4000, 4999]
    )
    func acceptsCodes(code: Int) {
        #expect(self.violation(self.payload(code)) == nil)
    }

    @Test(
        "Codes that stand for something else, or for nothing, are refused",
        arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]
    )
    func refusesCodes(code: Int) {
        #expect(self.violation(self.payload(code)) == .invalidClosePayload)
    }

    @Test("A reason of 0 to 123 bytes is read and written back", arguments: [0, 1, 122, 123])
    func readsReasons(length: Int) throws {
        let payload = self.payload(1011, [UInt8](repeating: 0x78, count: length))
        let frame = try self.read(payload).get()
        #expect(frame.reason == String(repeating: "x", count: length))
        #expect(frame.payload == payload)
    }

    @Test(
        "A reason that is not UTF-8 is refused with 1007",
        arguments: [[0xFF], [0xC3], [0x61, 0xED, 0xA0, 0x80]] as [[UInt8]]
    )
    func refusesBadReasons(reason: [UInt8]) {
        guard case .failure(let violation) = self.read(self.payload(1000, reason)) else {
            Issue.record("\(reason) is accepted")
            return
        }
        #expect(violation.code == .invalidUTF8)
        #expect(violation.closeCode == .invalidFramePayloadData)
    }

    @Test("A reason that is too long is cut before the scalar that passes 123 bytes", arguments: ["a", "é", "漢", "😀"])
    func cutsReasons(scalar: String) throws {
        for padding in 0..<4 {
            let reason = String(repeating: "-", count: padding) + String(repeating: scalar, count: 130)
            let frame = CloseFrame(.goingAway, reason: reason)
            let expected = (123 - padding) / scalar.utf8.count * scalar.utf8.count + padding
            #expect(frame.reason.utf8.count == expected)
            #expect(reason.utf8.starts(with: frame.reason.utf8))
            #expect(frame.payload.count <= 125)
            #expect(try self.read(frame.payload).get() == frame)
        }
    }

    @Test("A reason of exactly 123 bytes is not cut")
    func keepsTheLongestReason() {
        let reason = String(repeating: "漢", count: 41)
        #expect(CloseFrame(.goingAway, reason: reason).reason == reason)
    }

    @Test(
        "A code that may not be sent is replaced by 1011",
        arguments: [0, 1004, 1005, 1006, 1015, 2999, 5000] as [UInt16]
    )
    func replacesForbiddenCodes(code: UInt16) {
        #expect(CloseFrame(CloseCode(rawValue: code), reason: "why").code == .internalError)
        #expect(CloseFrame(CloseCode(rawValue: code), reason: "why").reason == "why")
    }

    @Test("A frame describes itself for a log")
    func describesItself() {
        #expect(CloseFrame.empty.description == "no code")
        #expect(CloseFrame(.normalClosure).description == "1000")
        #expect(CloseFrame(.internalError, reason: "out of memory").description == "1011 \"out of memory\"")
    }
}
