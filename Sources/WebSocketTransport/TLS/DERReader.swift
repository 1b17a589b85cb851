/// Reads the DER form (X.690) of data that a TLS library has already parsed; data that is not DER never traps.
struct DERReader {
    /// A tag and its content.
    struct Element {
        var tag: UInt8
        var content: ArraySlice<UInt8>
    }

    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The next element; nil at the end, and for data that is not DER.
    mutating func next() -> Element? {
        guard let tag = self.bytes.popFirst(), let length = self.length(), length <= self.bytes.count else {
            return nil
        }
        defer { self.bytes = self.bytes.dropFirst(length) }
        return Element(tag: tag, content: self.bytes.prefix(length))
    }

    /// The content of the next element if it has this tag; otherwise nothing is read.
    mutating func next(tagged tag: UInt8) -> ArraySlice<UInt8>? {
        self.bytes.first == tag ? self.next()?.content : nil
    }

    /// Marks a length that follows in more bytes; the other bits are their number (X.690 §8.1.3.5).
    private static let longForm: UInt8 = 0x80

    private mutating func length() -> Int? {
        guard let first = self.bytes.popFirst() else { return nil }
        guard first & Self.longForm != 0 else { return Int(first) }
        let count = Int(first & ~Self.longForm)
        // Certificates are smaller than 2^24 bytes: TLS can't carry larger ones.
        guard (1...3).contains(count), self.bytes.count >= count else { return nil }
        defer { self.bytes = self.bytes.dropFirst(count) }
        return self.bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }
}
