import CByteScan

#if RED_CONTROLS
internal import RedControls
#endif

/// Copies a string literal up to its closing quote, and replaces its escapes (RFC 8259 §7).
@safe struct JSONUnescaper {
    /// How far it is in the source.
    private(set) var offset = 0

    /// Whether U+FFFD stands for half of a surrogate pair.
    private(set) var isRepaired = false

    /// Whether an escape stood for something else than ASCII.
    private var wroteNonASCII = false

    /// Not 0 when a byte of the literal is not ASCII, or one of the sixteen behind it.
    private var highBits: UInt32 = 0

    private var written = 0
    private let source: UnsafeRawPointer
    private let count: Int
    private let destination: UnsafeMutableRawPointer
    private let capacity: Int

    /// How much room there must be for a literal of `count` bytes.
    ///
    /// The result is never longer than the source; the sixteen bytes that are stored at once may be.
    static func capacity(for count: Int) -> Int { count &+ 16 }

    /// - Parameters:
    ///   - source: The bytes behind the opening quote, to the end of the text.
    ///   - destination: Where to write.
    init(_ source: UnsafeRawBufferPointer, destination: UnsafeMutableRawBufferPointer) {
        unsafe self.source = source.baseAddress.unsafelyUnwrapped
        self.count = source.count
        unsafe self.destination = destination.baseAddress.unsafelyUnwrapped
        self.capacity = destination.count
    }

    /// Whether all bytes of the literal are known to be ASCII.
    var readASCIIOnly: Bool { self.highBits == 0 }

    /// Whether the value is known to be ASCII.
    var wroteASCIIOnly: Bool { self.readASCIIOnly && !self.wroteNonASCII }

    /// What was written.
    var value: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: self.destination.assumingMemoryBound(to: UInt8.self), count: self.written)
    }

    /// Goes on to the closing quote.
    ///
    /// Offsets of failures count from the start of the source.
    ///
    /// - Returns: Whether it is there; if not, there is no room, or the literal breaks off or has a control character.
    @inline(__always) mutating func run() throws(JSONFailure) -> Bool {
        while let stop = self.copyToStop() {
            guard stop != UInt8(ascii: "\"") else { return true }
            // Four bytes are the most that an escape stands for.
            guard stop == UInt8(ascii: "\\"), self.written &+ 4 <= self.capacity else { return false }
            try self.writeEscape()
        }
        return false
    }

    /// Copies up to the next quote, backslash or control character.
    ///
    /// Sixteen bytes are stored at once: what is behind the stop is overwritten later, or does not count.
    ///
    /// - Returns: The stop; `nil` where the source or the room ends.
    @inline(__always) private mutating func copyToStop() -> UInt8? {
        while self.offset &+ 16 <= self.count, self.written &+ 16 <= self.capacity {
            let from = unsafe self.source + self.offset
            let bytes = unsafe from.loadUnaligned(as: SIMD2<UInt64>.self)
            unsafe self.destination.storeBytes(of: bytes, toByteOffset: self.written, as: SIMD2<UInt64>.self)
            let stops = unsafe byte_scan_json_stops(from)
            self.highBits |= unsafe byte_scan_high_bits(from)
            let length = stops == 0 ? 16 : stops.trailingZeroBitCount
            self.offset &+= length
            self.written &+= length
            if stops != 0 { return unsafe self.source.load(fromByteOffset: self.offset, as: UInt8.self) }
        }
        while self.offset < self.count, self.written < self.capacity {
            let byte = unsafe self.source.load(fromByteOffset: self.offset, as: UInt8.self)
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return byte }
            self.write(byte)
            self.highBits |= UInt32(byte & 0x80)
            self.offset &+= 1
        }
        return nil
    }

    @inline(__always) private mutating func write(_ byte: UInt8) {
        unsafe self.destination.storeBytes(of: byte, toByteOffset: self.written, as: UInt8.self)
        self.written &+= 1
    }

    /// Reads the escape whose backslash is next.
    @inline(__always) private mutating func writeEscape() throws(JSONFailure) {
        let start = self.offset
        let letter = start &+ 1 < self.count ? unsafe self.source.load(fromByteOffset: start &+ 1, as: UInt8.self) : 0
        self.offset = start &+ 2
        switch letter {
        case UInt8(ascii: "n"): self.write(0x0A)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): self.write(letter)
        case UInt8(ascii: "u"):
            if let byte = self.asciiEscape(at: start) {
                self.offset = start &+ 6
                return self.write(byte)
            }
            let escape = unsafe try JSONCodeUnits(self.source, count: self.count, at: start)
            self.offset = escape.end
            #if RED_CONTROLS
            if RedControl.isActive(.halfOfAPairFails), escape.isHalf { throw JSONFailure(.invalidEscape, at: start) }
            #endif
            if escape.isHalf { self.isRepaired = true }
            self.write(escape.scalar)
        case UInt8(ascii: "t"): self.write(0x09)
        case UInt8(ascii: "r"): self.write(0x0D)
        case UInt8(ascii: "b"): self.write(0x08)
        case UInt8(ascii: "f"): self.write(0x0C)
        default: throw JSONFailure(.invalidEscape, at: start)
        }
    }

    /// What an escape such as `\\u003c` stands for; `nil` of any but the first 128 code points.
    @inline(__always) private func asciiEscape(at start: Int) -> UInt8? {
        guard start &+ 6 <= self.count else { return nil }
        let digits = UInt32(littleEndian: unsafe self.source.loadUnaligned(fromByteOffset: start &+ 2, as: UInt32.self))
        let upper = UInt8(truncatingIfNeeded: digits &>> 16) &- UInt8(ascii: "0")
        let lower = JSONCodeUnits.value(ofDigit: UInt8(truncatingIfNeeded: digits &>> 24))
        guard digits & 0xFFFF == 0x3030, upper < 8, lower < 16 else { return nil }
        return upper &<< 4 | UInt8(truncatingIfNeeded: lower)
    }

    @inline(__always) private mutating func write(_ scalar: Unicode.Scalar) {
        guard !scalar.isASCII else { return self.write(UInt8(truncatingIfNeeded: scalar.value)) }
        self.wroteNonASCII = true
        for byte in scalar.utf8 { self.write(byte) }
    }
}
