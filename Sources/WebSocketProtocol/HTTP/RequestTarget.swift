/// The rules for a path and query in a request line and in a URL (RFC 9112 §3.2.1, RFC 3986 §3.3, §3.4).
///
/// `[` and `]` are allowed too, which RFC 3986 does not allow, because browsers send them in queries.
enum RequestTarget {
    /// The error in a target, as text to follow "The request target"; nil if the target is legal.
    ///
    /// The text quotes only the wrong character: a query may contain a token.
    static func problem(in target: some Collection<UInt8>) -> String? {
        guard target.first == UInt8(ascii: "/") else {
            return target.isEmpty ? "is empty; it must start with \"/\"" : "must start with \"/\""
        }
        if let byte = target.first(where: { !self.isAllowed($0) }) {
            return self.problem(withByte: byte)
        }
        return self.hasBrokenEscape(target) ? "has a \"%\" that is not followed by two hexadecimal digits" : nil
    }

    private static func problem(withByte byte: UInt8) -> String {
        if byte == UInt8(ascii: "#") { return "has a fragment; remove \"#\" and what follows (RFC 6455, section 3)" }
        let escape = "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        return "holds the character \(Excerpt(byte: byte)); percent-encode it as \(escape)"
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        guard HTTPCharacter.isVisible(byte) else { return false }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
            UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            return false
        default: return true
        }
    }

    private static func hasBrokenEscape(_ target: some Collection<UInt8>) -> Bool {
        var missingDigits = 0
        for byte in target {
            if missingDigits > 0 {
                guard HTTPCharacter.hexValue(byte) != nil else { return true }
                missingDigits -= 1
            } else if byte == UInt8(ascii: "%") {
                missingDigits = 2
            }
        }
        return missingDigits > 0
    }
}
