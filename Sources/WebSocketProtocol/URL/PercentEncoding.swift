/// Percent-encoding (RFC 3986 §2.1).
package enum PercentEncoding {
    /// Decodes a percent-encoded text.
    ///
    /// - Parameter text: The text as it is in a URL.
    /// - Returns: The decoded text; nil if a `%` has no two hexadecimal digits after it, or if the result is not UTF-8.
    package static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(HTTPCharacter.hexValue),
                let low = rest.popFirst().flatMap(HTTPCharacter.hexValue)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Encodes a text for the path of a URL: everything except unreserved characters and `/`.
    ///
    /// - Parameter text: The text.
    /// - Returns: ASCII only.
    package static func encoded(path text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let isPlain =
                HTTPCharacter.isLetter(byte) || HTTPCharacter.isDigit(byte) || "-._~/".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            result += isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
        }
    }
}
