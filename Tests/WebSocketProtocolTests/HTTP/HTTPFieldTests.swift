import Testing

@testable import WebSocketProtocol

@Suite("One HTTP field")
struct HTTPFieldTests {
    @Test(
        "A field line is a token, a colon, and a value without the whitespace around it",
        arguments: [
            ("Host: example.com", "Host", "example.com"),
            ("Host:example.com", "Host", "example.com"),
            ("a: \t b \t c \t ", "a", "b \t c"),
            ("a:", "a", ""),
            ("a: \t ", "a", ""),
            ("a:b:c", "a", "b:c"),
            ("!#$%&'*+-.^_`|~09azAZ: x", "!#$%&'*+-.^_`|~09azAZ", "x"),
            ("constructor: __proto__", "constructor", "__proto__"),
            ("a: caf\u{E9}", "a", "caf\u{E9}"),
        ]
    )
    func parsesLine(line: String, name: String, value: String) throws {
        #expect(try HTTPField(parsing: Array(line.utf8)) == HTTPField(name: name, value: value))
    }

    @Test(
        "A folded, nameless or colonless line, and whitespace before the colon, are refused",
        arguments: [
            " folded: value", "\tfolded", ": value", ":", "no colon", "Host : example.com", "Host\t: example.com",
            "Ho st: x", "Ho\"st: x", "Ho(st): x", "H\u{E9}: x", "a/b: x", "a@b: x", "{a}: x", "a,b: x", "",
        ]
    )
    func refusesLine(line: String) {
        #expect(handshakeErrorCode { _ = try HTTPField(parsing: Array(line.utf8)) } == .malformedMessage)
    }

    @Test(
        "The message about a refused line says what is wrong with it",
        arguments: [
            (" a: b", "starts with whitespace"), ("a : b", "whitespace before the colon"), (": b", "empty name"),
            ("a", "no colon"),
            ("a(: b", "not an RFC 9110 token"),
        ]
    )
    func explainsRefusal(line: String, hint: String) throws {
        let error = handshakeError { _ = try HTTPField(parsing: Array(line.utf8)) }
        #expect(try #require(error).message.contains(hint))
    }

    @Test("A received value that is not UTF-8 is shown with replacement characters")
    func repairsObsText() throws {
        let field = try HTTPField(parsing: [0x61, 0x3A, 0xFF, 0x62])
        #expect(field.value == "\u{FFFD}b")
    }

    @Test("A field to send may hold printable ASCII, spaces and tabs")
    func acceptsLegalField() throws {
        let printable = String(decoding: (0x20...0x7E) as ClosedRange<UInt8>, as: UTF8.self)
        try HTTPField(name: "X-Legal", value: printable + "\t").validate()
        try HTTPField(name: "X-Empty", value: "").validate()
    }

    @Test(
        "A field to send must not hold CR, LF, NUL, other control characters or anything beyond ASCII",
        arguments: Array(UInt8(0)...8) + Array(10...31) + [0x7F]
    )
    func refusesControlCharacter(byte: UInt8) {
        let text = "a" + String(UnicodeScalar(byte)) + "b"
        #expect(handshakeErrorCode { try HTTPField(name: "X-Value", value: text).validate() } == .invalidField)
        #expect(handshakeErrorCode { try HTTPField(name: text, value: "x").validate() } == .invalidField)
    }

    @Test(
        "An illegal name, and a value beyond ASCII, can't be sent",
        arguments: [("", "x"), ("a b", "x"), ("a:", "x"), ("\u{E9}", "x"), ("a", "\u{E9}"), ("a", "\u{212A}")]
    )
    func refusesIllegalField(name: String, value: String) {
        #expect(handshakeErrorCode { try HTTPField(name: name, value: value).validate() } == .invalidField)
    }

    @Test("The message about an illegal value does not quote the value")
    func keepsValueSecret() throws {
        let error = handshakeError { try HTTPField(name: "Authorization", value: "Bearer s3cret\n").validate() }
        let message = try #require(error).message
        #expect(!message.contains("s3cret"))
        #expect(message.contains("Authorization") && message.contains("byte 13"))
    }
}
