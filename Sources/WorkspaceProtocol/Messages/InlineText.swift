/// At most 31 ASCII bytes, stored without an allocation.
///
/// A string stores fifteen bytes inline. For a longer one, the allocation costs more than all other work of reading it.
struct InlineText: Sendable, Equatable {
    /// The largest number of bytes.
    static let capacity = 31

    // The first byte is the lowest byte of the first word. The highest byte of the last word is the length.
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var last: UInt64 = 0

    /// The empty text.
    @inline(__always) init() {}

    /// Sixteen bytes, and up to fifteen after them.
    @inline(__always) init(_ first: UInt64, _ second: UInt64, _ rest: JSONShortText) {
        self.first = first
        self.second = second
        self.third = rest.low
        self.last = rest.high &+ 16 &<< 56
    }

    /// The bytes of a string; `nil` if there are too many, or if not all are ASCII.
    init?(_ text: String) {
        let count = text.utf8.count
        guard count <= Self.capacity else { return nil }
        var words = InlineArray<4, UInt64>(repeating: 0)
        for (index, byte) in text.utf8.enumerated() {
            guard byte < 0x80 else { return nil }
            words[index &>> 3] |= UInt64(byte) &<< UInt64((index & 7) &<< 3)
        }
        self.first = words[0]
        self.second = words[1]
        self.third = words[2]
        self.last = words[3] | UInt64(count) &<< 56
    }

    /// The same text as a string.
    var string: String {
        let words: InlineArray<4, UInt64> = [
            self.first.littleEndian, self.second.littleEndian, self.third.littleEndian, self.last.littleEndian,
        ]
        let count = Int(self.last &>> 56)
        return unsafe words.span.bytes.withUnsafeBytes { bytes in
            unsafe String(decoding: UnsafeRawBufferPointer(rebasing: bytes[..<count]), as: UTF8.self)
        }
    }
}
