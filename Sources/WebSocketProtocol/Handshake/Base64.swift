/// Base64 with padding (RFC 4648 §4): an encoder, and the alphabet for checks.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func isAlphabet(_ byte: UInt8) -> Bool {
        HTTPCharacter.isLetter(byte) || HTTPCharacter.isDigit(byte)
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
    }

    /// Encodes bytes: three bytes become four characters.
    ///
    /// - Parameter bytes: Any bytes.
    /// - Returns: The text, padded.
    package static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            self.append(bytes[start..<min(start + 3, bytes.count)], to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ group: ArraySlice<UInt8>, to text: inout [UInt8]) {
        let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
        for index in 0..<4 {
            let sextet = Int(bits >> (18 - 6 * UInt32(index))) & 0x3F
            // n bytes fill n + 1 characters; the rest is padding.
            text.append(index <= group.count ? self.alphabet[sextet] : HTTPCharacter.equals)
        }
    }
}
