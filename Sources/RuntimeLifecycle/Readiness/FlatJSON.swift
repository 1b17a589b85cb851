/// Reads the text and number members of one JSON object; it skips nested values.
///
/// A health answer needs no more, so no library is needed. A malformed text gives `nil`.
struct FlatJSON {
    private var rest: Substring.UTF8View

    /// The members whose values are texts, numbers, `true`, `false` or `null`, as text.
    static func fields(of text: Substring) -> [String: String]? {
        var reader = FlatJSON(rest: text.utf8)
        return reader.object()
    }

    private mutating func object() -> [String: String]? {
        guard self.take("{") else { return nil }
        if self.take("}") { return [:] }
        var fields: [String: String] = [:]
        repeat {
            guard let name = self.string(), self.take(":") else { return nil }
            guard let value = self.value() else { return nil }
            if let scalar = value { fields[name] = scalar }
        } while self.take(",")
        return self.take("}") ? fields : nil
    }

    /// A scalar as text; `.some(nil)` for a nested value, `nil` if it is malformed.
    private mutating func value() -> String?? {
        self.skipSpace()
        switch self.rest.first {
        case UInt8(ascii: "\""): return self.string().map { .some($0) }
        case UInt8(ascii: "{"), UInt8(ascii: "["): return self.skipNested() ? .some(nil) : nil
        default:
            let scalar = self.rest.prefix { !" \t\r\n,}]".utf8.contains($0) }
            self.rest = self.rest[scalar.endIndex...]
            return scalar.isEmpty ? nil : .some(String(decoding: scalar, as: UTF8.self))
        }
    }

    private mutating func string() -> String? {
        guard self.take("\"") else { return nil }
        var bytes: [UInt8] = []
        while let byte = self.rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = self.rest.popFirst() else { return nil }
                // An identity has no escapes. Other members only need to be skipped.
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    /// Skips a nested object or array; brackets inside of texts do not count.
    private mutating func skipNested() -> Bool {
        var depth = 0
        repeat {
            self.skipSpace()
            guard let byte = self.rest.first else { return false }
            if byte == UInt8(ascii: "\"") {
                guard self.string() != nil else { return false }
                continue
            }
            self.rest.removeFirst()
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
            if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { depth -= 1 }
        } while depth > 0
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        self.skipSpace()
        guard self.rest.first == UInt8(ascii: character) else { return false }
        self.rest.removeFirst()
        return true
    }

    private mutating func skipSpace() {
        while let byte = self.rest.first, " \t\r\n".utf8.contains(byte) { self.rest.removeFirst() }
    }
}
