/// A text in the form in which it is compared: its UTF-8 bytes, with one byte, the *hole*, for each U+FFFD.
///
/// U+FFFD stands for bytes that are no character: part of a character that was cut, or invalid bytes. All of them are
/// 0x80 or more, because a byte below that is always a character. Go writes one U+FFFD for each such byte; then a text
/// in this form is as long as the bytes that it was made from.
struct CutText: Sendable, Equatable {
    /// The byte that stands for a U+FFFD; it is in no UTF-8 text.
    static let hole: UInt8 = 0xFF

    /// The text.
    private(set) var bytes: [UInt8]

    /// How many U+FFFD the text has.
    private(set) var holes = 0

    /// Converts a text.
    init(_ text: String) {
        self.bytes = Array(text.utf8)
        if Self.mayHaveReplacement(self.bytes) { self.makeHoles() }
    }

    /// Whether the byte EF is in a text, eight bytes at once; most texts have none.
    private static func mayHaveReplacement(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            var index = 0
            while index + 8 <= bytes.count {
                let word = unsafe (base + index).loadUnaligned(as: UInt64.self) ^ 0xEFEF_EFEF_EFEF_EFEF
                if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { return true }
                index += 8
            }
            return unsafe bytes[index...].contains(0xEF)
        }
    }

    /// Replaces each EF BF BD by a hole.
    private mutating func makeHoles() {
        var read = 0
        var written = 0
        let count = self.bytes.count
        while read < count {
            let byte = self.bytes[read]
            if byte == 0xEF, read + 2 < count, self.bytes[read + 1] == 0xBF, self.bytes[read + 2] == 0xBD {
                self.bytes[written] = Self.hole
                self.holes += 1
                read += 3
            } else {
                self.bytes[written] = byte
                read += 1
            }
            written += 1
        }
        self.bytes.removeLast(read - written)
    }

    /// The number of bytes in UTF-8 before an index of `bytes`.
    func utf8Offset(of index: Int) -> Int {
        if self.holes == 0 { return index }
        return index + 2 * self.bytes[..<index].count(where: { $0 == Self.hole })
    }

    /// The index in `bytes` of a number of bytes in UTF-8; an offset inside of a U+FFFD counts as its beginning.
    func index(ofUTF8Offset offset: Int) -> Int {
        if self.holes == 0 { return min(offset, self.bytes.count) }
        var left = offset
        for index in self.bytes.indices {
            left -= self.bytes[index] == Self.hole ? 3 : 1
            if left < 0 { return index }
        }
        return self.bytes.count
    }

    /// How many holes the text ends with.
    var trailingHoles: Int { self.bytes.reversed().prefix(while: { $0 == Self.hole }).count }
}

extension [UInt8] {
    /// The bytes from the last to the first; quicker than an array of `reversed()`.
    var backwards: [UInt8] {
        unsafe self.withUnsafeBufferPointer { bytes in
            unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { target, count in
                count = bytes.count
                for index in 0..<count { unsafe target[index] = bytes[count - 1 - index] }
            }
        }
    }

    /// How many bytes from an index on are holes or belong to characters outside of ASCII, up to a limit.
    func countBeyondASCII(from start: Int, atMost limit: Int) -> Int {
        let end = Swift.min(self.count, start + limit)
        var index = start
        while index < end, self[index] >= 0x80 { index += 1 }
        return index - start
    }
}
