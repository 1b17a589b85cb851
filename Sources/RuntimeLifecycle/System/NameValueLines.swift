/// Lines of `name=value`; in values, all characters except plain ones are percent-encoded.
///
/// People and shells can read it. A value can't contain a line break, so it can't look like another line.
enum NameValueLines {
    /// Writes one line per field.
    static func make(_ fields: [(String, String)]) -> String {
        fields.map { "\($0)=\(self.encode($1))\n" }.joined()
    }

    /// Reads the lines; it ignores lines without `=`, and if a name is repeated, the first one counts.
    static func parse(_ bytes: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let (name, value) = self.field(line) else { continue }
            fields[name] = fields[name] ?? value
        }
        return fields
    }

    /// Reads `name=value`.
    static func field(_ bytes: ArraySlice<UInt8>) -> (String, String)? {
        guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = String(decoding: bytes[..<sign], as: UTF8.self)
        return self.decode(bytes[(sign + 1)...]).map { (name, $0) }
    }

    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if self.isPlain(byte) { encoded.append(byte) } else { encoded += self.escape(byte) }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Undoes `encode`; `nil` if a `%` is not followed by two hexadecimal digits.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        var decoded: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            decoded.append(value)
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "%") && byte != UInt8(ascii: ",")
    }
}
