import Testing

@testable import WebSocketProtocol

@Suite("Errors of the handshake")
struct HandshakeErrorTests {
    @Test(
        "Text of the peer is quoted in printable ASCII on one line",
        arguments: [
            ("abc", #""abc""#), ("", #""""#), ("a\r\nb\0", #""a\x0d\x0ab\x00""#), ("\u{E9}\u{7F}", #""\xc3\xa9\x7f""#),
            (#"a"b\c"#, #""a\"b\\c""#), ("\u{1B}[31m", #""\x1b[31m""#), (" ", #"" ""#),
        ]
    )
    func quotes(text: String, quoted: String) {
        #expect(Excerpt(text).description == quoted)
        #expect(Excerpt(Array(text.utf8)).description == quoted)
    }

    @Test("Long text is cut after 64 bytes")
    func cuts() {
        let text = String(repeating: "x", count: 64)
        #expect(Excerpt(text).description == "\"\(text)\"")
        #expect(Excerpt(text + "y").description == "\"\(text)...\"")
        #expect(Excerpt(Array((text + "yz").utf8)).description == "\"\(text)...\"")
    }

    @Test("An error says its code, its message and where it was created")
    func describes() {
        let error = HandshakeError(.invalidKey, "The key.")
        #expect(error.description == "invalidKey: The key.")
        #expect(error.location.hasSuffix("HandshakeErrorTests.swift:\(#line - 2)"))
        #expect(error.refusal == nil && error.cause == nil)
    }

    @Test("A body is attached to a refusal and to nothing else")
    func attachesBody() throws {
        let head = try HTTPResponseHead(status: 503, fields: [:])
        let refusal = HandshakeError(.upgradeRefused, "x", refusal: UpgradeRefusal(head))
        let attached = refusal.with(body: [1], isComplete: true, cause: HandshakeError(.malformedMessage, "y"))
        #expect(attached.refusal == UpgradeRefusal(head, body: [1], isBodyComplete: true))
        #expect((attached.cause as? HandshakeError)?.code == .malformedMessage)
        #expect(attached.location == refusal.location)
        #expect(HandshakeError(.invalidKey, "x").with(body: [1], isComplete: true).refusal == nil)
    }

    @Test("The classes of characters are those of RFC 9110", arguments: UInt8.min...UInt8.max)
    func classifies(byte: UInt8) {
        let token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        #expect(HTTPCharacter.isToken(byte) == token.utf8.contains(byte))
        #expect(HTTPCharacter.isVisible(byte) == (0x21...0x7E).contains(byte))
        #expect(HTTPCharacter.isSendable(byte) == (byte == 9 || (0x20...0x7E).contains(byte)))
        #expect(HTTPCharacter.isReceivable(byte) == (byte == 9 || byte >= 0x20 && byte != 0x7F))
        #expect(HTTPCharacter.isDigit(byte) == "0123456789".utf8.contains(byte))
        #expect((HTTPCharacter.hexValue(byte) != nil) == "0123456789abcdefABCDEF".utf8.contains(byte))
        #expect(HTTPCharacter.lowercased(byte) == Character(UnicodeScalar(byte)).asciiLowercased)
    }
}

extension Character {
    fileprivate var asciiLowercased: UInt8 {
        let scalar = UInt8(self.unicodeScalars.first?.value ?? 0)
        return self.isASCII ? String(self).lowercased().utf8.first ?? scalar : scalar
    }
}
