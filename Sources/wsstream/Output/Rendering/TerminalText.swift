/// Makes text of a server harmless for a terminal.
///
/// Escaped are the C0 and C1 controls and DEL (ESC among them, so no sequence can begin), and the characters that
/// reorder or break lines: a hostile server can neither control the terminal nor forge a line. All else, backslashes
/// included, stays as it is: this is for people, and `--format json` for programs.
enum TerminalText {
    /// Appends `text`, escaped.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            var index = 0
            while index < utf8.count {
                let length = Self.lengthToEscape(utf8, at: index)
                guard length > 0 else {
                    index += 1
                    continue
                }
                bytes.append(contentsOf: utf8[start..<index])
                Self.append(escapeOf: utf8[index..<(index + length)], to: &bytes)
                index += length
                start = index
            }
            bytes.append(contentsOf: utf8[start...])
        }
    }

    /// The text, escaped.
    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        Self.append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many bytes at `index` make a character that must not reach a terminal; 0 if it may.
    private static func lengthToEscape(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        switch utf8[index] {
        case 0..<0x20, 0x7F: return 1
        case 0xC2:
            // U+0080...U+009F: the C1 controls, which terminals obey in UTF-8 too.
            return Self.byte(utf8, index + 1, in: 0x80...0x9F) ? 2 : 0
        case 0xD8:
            // U+061C: Arabic letter mark.
            return Self.byte(utf8, index + 1, in: 0x9C...0x9C) ? 2 : 0
        case 0xE2: return Self.isReordering(utf8, at: index) ? 3 : 0
        default: return 0
        }
    }

    /// U+200E, U+200F, U+2028...U+202E and U+2066...U+2069: direction marks, line and paragraph separators.
    private static func isReordering(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        if Self.byte(utf8, index + 1, in: 0x80...0x80) {
            return Self.byte(utf8, index + 2, in: 0x8E...0x8F) || Self.byte(utf8, index + 2, in: 0xA8...0xAE)
        }
        return Self.byte(utf8, index + 1, in: 0x81...0x81) && Self.byte(utf8, index + 2, in: 0xA6...0xA9)
    }

    private static func byte(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int, in range: ClosedRange<UInt8>) -> Bool {
        index < utf8.count && range.contains(utf8[index])
    }

    private static func append(escapeOf character: Slice<UnsafeBufferPointer<UInt8>>, to bytes: inout [UInt8]) {
        switch character.first {
        case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
        case UInt8(ascii: "\r"): bytes.append(contentsOf: #"\r"#.utf8)
        case UInt8(ascii: "\t"): bytes.append(contentsOf: #"\t"#.utf8)
        case 0x1B: bytes.append(contentsOf: #"\e"#.utf8)
        default:
            let scalar = String(decoding: character, as: UTF8.self).unicodeScalars.first
            bytes.append(contentsOf: "\\u{\(String(scalar?.value ?? 0xFFFD, radix: 16))}".utf8)
        }
    }
}
