import CByteScan

/// Replaces the escapes of a string literal (RFC 8259 §7).
///
/// The result is never longer than the source, and the destination has at least the capacity of the source: that is why
/// its unchecked writes stay inside.
@safe struct JSONUnescaper {
    /// The number of bytes written so far.
    private(set) var written = 0

    /// Whether an escape stood for something else than ASCII.
    private(set) var wroteNonASCII = false

    private var offset = 0
    private let source: UnsafeBufferPointer<UInt8>
    private let destination: UnsafeMutableRawBufferPointer

    init(source: UnsafeBufferPointer<UInt8>, destination: UnsafeMutableRawBufferPointer) {
        unsafe self.source = source
        unsafe self.destination = destination
    }

    /// Writes the whole literal.
    ///
    /// Offsets of failures count from the start of the source.
    mutating func run() throws(JSONFailure) {
        self.copyOrdinaryCharacters()
        while let byte = self.next() {
            if byte == UInt8(ascii: "\\") { try self.writeEscape() } else { self.write(byte) }
            self.copyOrdinaryCharacters()
        }
    }

    /// Copies while the next sixteen, or eight, bytes have no backslash.
    ///
    /// All of them may be stored: what is behind the run is overwritten later, or not counted.
    @inline(__always) private mutating func copyOrdinaryCharacters() {
        let from = unsafe UnsafeRawBufferPointer(self.source)
        let to = unsafe self.destination
        while self.offset &+ 16 <= from.count {
            let bytes = unsafe from.loadUnaligned(fromByteOffset: self.offset, as: SIMD2<UInt64>.self)
            let start = unsafe from.baseAddress.unsafelyUnwrapped + self.offset
            let backslashes = unsafe byte_scan_equal(start, UInt8(ascii: "\\"))
            unsafe to.storeBytes(of: bytes, toByteOffset: self.written, as: SIMD2<UInt64>.self)
            let length = backslashes == 0 ? 16 : backslashes.trailingZeroBitCount
            self.offset &+= length
            self.written &+= length
            guard backslashes == 0 else { return }
        }
        guard self.offset &+ 8 <= from.count else { return }
        let word = unsafe from.loadUnaligned(fromByteOffset: self.offset, as: UInt64.self)
        let backslashes = UInt64(littleEndian: word).bytes(equalTo: UInt8(ascii: "\\"))
        unsafe to.storeBytes(of: word, toByteOffset: self.written, as: UInt64.self)
        let length = backslashes == 0 ? 8 : backslashes.trailingZeroBitCount &>> 3
        self.offset &+= length
        self.written &+= length
    }

    private mutating func next() -> UInt8? {
        guard unsafe self.offset < self.source.count else { return nil }
        defer { self.offset &+= 1 }
        return unsafe self.source[self.offset]
    }

    @inline(__always) private mutating func write(_ byte: UInt8) {
        unsafe self.destination[self.written] = byte
        self.written &+= 1
    }

    @inline(__always) private mutating func writeEscape() throws(JSONFailure) {
        let start = self.offset &- 1
        switch self.next() {
        case UInt8(ascii: "n"): self.write(0x0A)
        case UInt8(ascii: "\""): self.write(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): self.write(UInt8(ascii: "\\"))
        case UInt8(ascii: "u"): self.write(try self.scalar(escapedAt: start))
        case UInt8(ascii: "t"): self.write(0x09)
        case UInt8(ascii: "r"): self.write(0x0D)
        case UInt8(ascii: "/"): self.write(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): self.write(0x08)
        case UInt8(ascii: "f"): self.write(0x0C)
        default: throw JSONFailure(.invalidEscape, at: start)
        }
    }

    /// Reads the digits behind `\u`, and a second escape when the first is half of a surrogate pair.
    private mutating func scalar(escapedAt start: Int) throws(JSONFailure) -> Unicode.Scalar {
        let unit = try self.codeUnit(escapedAt: start)
        guard UTF16.isSurrogate(unit) else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
        guard UTF16.isLeadSurrogate(unit), self.next() == UInt8(ascii: "\\"), self.next() == UInt8(ascii: "u") else {
            throw JSONFailure(.loneSurrogate, at: start)
        }
        let trail = try self.codeUnit(escapedAt: self.offset &- 2)
        guard UTF16.isTrailSurrogate(trail) else { throw JSONFailure(.loneSurrogate, at: start) }
        return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    }

    private mutating func codeUnit(escapedAt start: Int) throws(JSONFailure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = self.next().map(Self.hexadecimalValue), digit < 16 else {
                throw JSONFailure(.invalidEscape, at: start)
            }
            unit = unit &<< 4 | digit
        }
        return unit
    }

    /// The value of a digit, or 16 for any other byte.
    @inline(__always) private static func hexadecimalValue(_ byte: UInt8) -> UInt16 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte &- UInt8(ascii: "a") &+ 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte &- UInt8(ascii: "A") &+ 10)
        default: 16
        }
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        guard !scalar.isASCII else { return self.write(UInt8(truncatingIfNeeded: scalar.value)) }
        self.wroteNonASCII = true
        for byte in scalar.utf8 { self.write(byte) }
    }
}
