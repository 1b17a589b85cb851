/// An escape that is spelled in UTF-16: `\\u` and four digits, or two of them for a surrogate pair (RFC 8259 §7).
struct JSONCodeUnits {
    /// The character; U+FFFD for half of a surrogate pair, as in Go.
    let scalar: Unicode.Scalar

    /// Whether it is half of a surrogate pair, which UTF-8 cannot express.
    let isHalf: Bool

    /// The offset after the escape.
    let end: Int

    /// Reads an escape.
    ///
    /// - Parameters:
    ///   - source: The text.
    ///   - count: The number of its bytes.
    ///   - start: The offset of the backslash. The caller has seen the `u` after it.
    /// - Throws: ``JSONFailure`` if one of the four digits is missing.
    @inline(never) init(_ source: UnsafeRawPointer, count: Int, at start: Int) throws(JSONFailure) {
        let unit = unsafe try Self.codeUnit(source, count: count, at: start)
        let second = start &+ 6
        // 0x755C is `\u`.
        if UTF16.isLeadSurrogate(unit), second &+ 2 <= count,
            unsafe source.loadUnaligned(fromByteOffset: second, as: UInt16.self) == UInt16(littleEndian: 0x755C)
        {
            let trail = unsafe try Self.codeUnit(source, count: count, at: second)
            if UTF16.isTrailSurrogate(trail) {
                self.scalar = UTF16.decode(UTF16.EncodedScalar([unit, trail]))
                self.isHalf = false
                self.end = second &+ 6
                return
            }
        }
        let scalar = Unicode.Scalar(unit)
        self.scalar = scalar ?? "\u{FFFD}"
        self.isHalf = scalar == nil
        self.end = second
    }

    /// Reads the four digits of the escape at `start`.
    @inline(__always) private static func codeUnit(
        _ source: UnsafeRawPointer,
        count: Int,
        at start: Int
    ) throws(JSONFailure) -> UInt16 {
        guard start &+ 6 <= count else { throw JSONFailure(.invalidEscape, at: start) }
        var (unit, wrong): (UInt16, UInt16) = (0, 0)
        for index in 2..<6 {
            let digit = Self.value(ofDigit: unsafe source.load(fromByteOffset: start &+ index, as: UInt8.self))
            wrong |= digit & 16
            unit = unit &<< 4 | digit & 15
        }
        guard wrong == 0 else { throw JSONFailure(.invalidEscape, at: start) }
        return unit
    }

    /// The value of a hexadecimal digit, or 16 for any other byte.
    @inline(__always) static func value(ofDigit byte: UInt8) -> UInt16 {
        let decimal = byte &- UInt8(ascii: "0")
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return decimal < 10 ? UInt16(decimal) : letter < 6 ? UInt16(letter &+ 10) : 16
    }
}
