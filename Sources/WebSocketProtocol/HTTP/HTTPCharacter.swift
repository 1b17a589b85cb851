/// Tests of single bytes for the character classes of RFC 9110 §5.5, §5.6 and RFC 3986.
enum HTTPCharacter {
    static let horizontalTab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")

    static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        let lowercase = byte | 0x20
        return lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "z")
    }

    /// The value of a hexadecimal digit, or nil.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// tchar of RFC 9110 §5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        if self.isLetter(byte) || self.isDigit(byte) { return true }
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"),
            UInt8(ascii: "~"):
            return true
        default: return false
        }
    }

    /// SP or HTAB, the optional whitespace of RFC 9110 §5.6.3.
    static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == self.space || byte == self.horizontalTab
    }

    /// VCHAR: printable ASCII without the space.
    static func isVisible(_ byte: UInt8) -> Bool {
        byte > self.space && byte < 0x7F
    }

    /// Whether we may send the byte in a field value or reason phrase: printable ASCII, SP and HTAB.
    static func isSendable(_ byte: UInt8) -> Bool {
        self.isVisible(byte) || self.isWhitespace(byte)
    }

    /// Whether we accept the byte in a line of a head: the same, and obs-text (RFC 9110 §5.5).
    static func isReceivable(_ byte: UInt8) -> Bool {
        self.isSendable(byte) || byte >= 0x80
    }

    /// Whether the text is a token: one or more tchar.
    static func isToken(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { self.isToken($0) }
    }

    /// Makes ASCII letters lower case; other bytes stay the same.
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// Whether both texts have the same bytes.
    ///
    /// `==` of strings uses canonical equivalence: it says that the Kelvin sign U+212A is the letter `K`.
    static func equal(_ first: some StringProtocol, _ second: some StringProtocol) -> Bool {
        first.utf8.elementsEqual(second.utf8)
    }

    /// Whether both texts have the same bytes, without regard to the case of ASCII letters.
    static func equalIgnoringCase(_ first: some StringProtocol, _ second: some StringProtocol) -> Bool {
        first.utf8.elementsEqual(second.utf8) { self.lowercased($0) == self.lowercased($1) }
    }
}
