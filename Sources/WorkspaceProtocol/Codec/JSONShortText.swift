/// At most fifteen ASCII bytes, in two words.
///
/// A short text is usually one of a few names, or becomes a string that needs no memory. Both work without a loop.
struct JSONShortText: Equatable {
    /// The largest number of bytes.
    static let capacity = 15

    /// The first eight bytes, the first one lowest, then zeros.
    let low: UInt64

    /// The bytes after them; the highest byte is the length of the text.
    let high: UInt64

    /// Keeps the first `count` of sixteen bytes; the caller has checked that they are ASCII and at most fifteen.
    @inline(__always) init(low: UInt64, high: UInt64, count: Int) {
        let bits = UInt64(truncatingIfNeeded: count) &<< 3
        let isLong = bits >= 64
        let mask: UInt64 = (1 &<< bits) &- 1
        self.low = isLong ? low : low & mask
        self.high = (isLong ? high & mask : 0) | UInt64(truncatingIfNeeded: count) &<< 56
    }

    /// Creates the text of a short name; for a constant name the compiler makes a constant.
    @inline(__always) init(_ name: StaticString) {
        var words = InlineArray<2, UInt64>(repeating: 0)
        var index = 0
        while index < name.utf8CodeUnitCount, index < Self.capacity {
            words[index &>> 3] |= UInt64(unsafe name.utf8Start[index]) &<< UInt64((index & 7) &<< 3)
            index &+= 1
        }
        self.low = words[0]
        self.high = words[1] | UInt64(truncatingIfNeeded: index) &<< 56
    }

    /// The same text as a string.
    @inline(__always) var string: String {
        guard Self.isSmallString else { return self.copiedString }
        // 0xE0 above the length: a small string that is ASCII (StringObject.swift of the standard library).
        var words = (self.low, self.high | 0xE0 &<< 56)
        // Moved, not copied, because a copy is reference-counted.
        return unsafe withUnsafeMutablePointer(to: &words) { words in
            unsafe UnsafeMutableRawPointer(words).assumingMemoryBound(to: String.self).move()
        }
    }

    /// Whether a small string is these words and four more bits; true on all 64-bit platforms of today except Android.
    ///
    /// The standard library makes small strings only byte by byte. The compiler evaluates this comparison.
    @inline(__always) static var isSmallString: Bool {
        guard MemoryLayout<String>.size == MemoryLayout<(UInt64, UInt64)>.size else { return false }
        let words = unsafe unsafeBitCast("short names", to: (UInt64, UInt64).self)
        return words == (0x616E_2074_726F_6873, 0xEB00_0000_0073_656D)
    }

    /// The string on platforms where small strings look different.
    var copiedString: String {
        let words: InlineArray<2, UInt64> = [self.low.littleEndian, self.high.littleEndian]
        let count = Int(self.high &>> 56)
        return unsafe words.span.bytes.withUnsafeBytes { bytes in
            unsafe String(decoding: UnsafeRawBufferPointer(rebasing: bytes[..<count]), as: UTF8.self)
        }
    }
}
