extension MockJSON {
    /// The text in UTF-8, without spaces.
    ///
    /// Like Go's encoder, it also escapes `<`, `>`, `&` and the two line separators of Unicode.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        self.write(into: &bytes)
        return bytes
    }

    private func write(into bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += "\(value)".utf8
        case .integer(let value): bytes += "\(value)".utf8
        // JSON has no infinity; a file can't contain one either.
        case .number(let value): bytes += (value.isFinite ? "\(value)" : "null").utf8
        case .string(let value): Self.write(value, into: &bytes)
        case .array(let elements): Self.write("[", elements, "]", into: &bytes) { $0.write(into: &$1) }
        case .object(let members):
            Self.write("{", members, "}", into: &bytes) { member, bytes in
                Self.write(member.name, into: &bytes)
                bytes += ":".utf8
                member.value.write(into: &bytes)
            }
        }
    }

    private static func write<Element>(
        _ start: String,
        _ elements: [Element],
        _ end: String,
        into bytes: inout [UInt8],
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        bytes += start.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes += ",".utf8 }
            write(element, &bytes)
        }
        bytes += end.utf8
    }

    private static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case "\u{8}": bytes += "\\b".utf8
            case "\u{C}": bytes += "\\f".utf8
            case "\u{0}"..."\u{1F}", "<", ">", "&", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: bytes += String(scalar).utf8
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
