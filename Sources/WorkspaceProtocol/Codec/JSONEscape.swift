/// How Go's `encoding/json` escapes a character that it does not write unchanged.
///
/// These are the characters of RFC 8259 §7, and also `<`, `>`, `&`, U+2028 and U+2029, which would be active in HTML.
enum JSONEscape {
    /// A backslash and a letter.
    case letter(UInt8)

    /// A backslash, `u` and four lowercase digits.
    case codeUnit(UInt16)

    /// Returns the escape of the character that starts at `index`, or `nil` if it needs none.
    @inline(__always) init?(of text: UnsafeBufferPointer<UInt8>, at index: Int) {
        let byte = unsafe text[index]
        guard byte < 0x60 || byte == 0xE2 else { return nil }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): self = .letter(byte)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): self = .codeUnit(UInt16(byte))
        case 0xE2:
            guard text.count > index &+ 2, unsafe text[index &+ 1] == 0x80 else { return nil }
            let last = unsafe text[index &+ 2]
            guard last == 0xA8 || last == 0xA9 else { return nil }
            self = .codeUnit(0x2000 | UInt16(last & 0x3F))
        case 0x20...: return nil
        default: self = Self.control(byte)
        }
    }

    /// The number of bytes that the escape replaces.
    var sourceLength: Int {
        if case .codeUnit(0x2028...0x2029) = self { 3 } else { 1 }
    }

    private static func control(_ byte: UInt8) -> Self {
        switch byte {
        case 0x08: .letter(UInt8(ascii: "b"))
        case 0x09: .letter(UInt8(ascii: "t"))
        case 0x0A: .letter(UInt8(ascii: "n"))
        case 0x0C: .letter(UInt8(ascii: "f"))
        case 0x0D: .letter(UInt8(ascii: "r"))
        default: .codeUnit(UInt16(byte))
        }
    }
}
