/// Checks UTF-8 as it arrives, and fails at the first byte that can't be part of it (RFC 6455 §8.1, RFC 3629).
///
/// A code point may be cut anywhere: what is still expected of it is carried to the next part. Overlong forms,
/// surrogates and values over U+10FFFF are refused at the byte that shows them, not at the end of the code point.
package struct UTF8Validator: Sendable, Hashable {
    /// How many continuation bytes the code point in progress still needs, 0 to 3.
    private var missing: UInt8 = 0
    /// The range of the next continuation byte; narrower than 80-BF only after E0, ED, F0 and F4.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    package init() {}

    /// Whether everything so far is complete: no code point is cut.
    package var isAtBoundary: Bool { self.missing == 0 }

    /// Takes the next part of the text.
    ///
    /// - Parameter bytes: The next bytes, in any cut.
    /// - Returns: False when the text can't be UTF-8 whatever follows.
    package mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        var index = 0
        while index < count {
            if self.missing == 0 {
                index = unsafe Self.endOfASCII(base, from: index, count: count)
                if index == count { return true }
            }
            guard self.accept(unsafe base.load(fromByteOffset: index, as: UInt8.self)) else { return false }
            index &+= 1
        }
        return true
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        if self.missing > 0 {
            guard byte >= self.lower, byte <= self.upper else { return false }
            self.missing &-= 1
            (self.lower, self.upper) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: self.missing = 1
        case 0xE0: (self.missing, self.lower) = (2, 0xA0)
        case 0xED: (self.missing, self.upper) = (2, 0x9F)
        case 0xE1...0xEF: self.missing = 2
        case 0xF0: (self.missing, self.lower) = (3, 0x90)
        case 0xF1...0xF3: self.missing = 3
        case 0xF4: (self.missing, self.upper) = (3, 0x8F)
        default: return false
        }
        return true
    }

    /// Whether `bytes` as a whole are UTF-8.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        if unsafe self.endOfASCII(base, from: 0, count: bytes.count) == bytes.count { return true }
        var validator = UTF8Validator()
        return unsafe validator.accept(bytes) && validator.isAtBoundary
    }

    /// Skips ASCII, eight bytes at a time.
    ///
    /// - Returns: The index of the first byte that is not ASCII, or `count`; it may stop early only at such a byte.
    private static func endOfASCII(_ base: UnsafeRawPointer, from start: Int, count: Int) -> Int {
        var index = start
        while count &- index >= 8 {
            let word = unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let high = UInt64(littleEndian: word) & 0x8080_8080_8080_8080
            guard high == 0 else { return index &+ (high.trailingZeroBitCount &>> 3) }
            index &+= 8
        }
        while index < count {
            guard unsafe base.load(fromByteOffset: index, as: UInt8.self) < 0x80 else { return index }
            index &+= 1
        }
        return count
    }
}
