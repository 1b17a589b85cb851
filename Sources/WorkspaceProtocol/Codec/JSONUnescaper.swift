import CByteScan

/// Replaces the escapes of a string literal (RFC 8259 §7).
@safe struct JSONUnescaper {
    /// The number of bytes written so far.
    private(set) var written = 0

    /// Whether an escape stood for something else than ASCII.
    private(set) var wroteNonASCII = false

    private var offset = 0
    private let source: UnsafePointer<UInt8>
    private let count: Int
    private let readableCount: Int
    private let destination: UnsafeMutableRawPointer

    /// How much room a destination must have.
    ///
    /// The result is never longer than the source; the sixteen bytes that are stored at once may be.
    static func capacity(for count: Int) -> Int { count &+ 16 }

    /// - Parameters:
    ///   - source: The bytes of the literal.
    ///   - countBehind: How many bytes behind it may be read, too.
    ///   - destination: Memory of ``capacity(for:)``.
    init(_ source: UnsafeBufferPointer<UInt8>, countBehind: Int, destination: UnsafeMutableRawBufferPointer) {
        unsafe self.source = source.baseAddress.unsafelyUnwrapped
        self.count = source.count
        self.readableCount = source.count &+ countBehind
        unsafe self.destination = destination.baseAddress.unsafelyUnwrapped
    }

    /// Writes the whole literal.
    ///
    /// Offsets of failures count from the start of the source.
    mutating func run() throws(JSONFailure) {
        self.copyOrdinaryCharacters()
        while self.offset < self.count {
            try self.writeEscape()
            self.copyOrdinaryCharacters()
        }
        // What was copied from behind the literal does not count.
        self.written &-= self.offset &- self.count
    }

    /// Copies up to the next backslash, or to the end of the literal, and perhaps beyond.
    ///
    /// Sixteen bytes may always be stored: what is behind the run is overwritten later, or not counted.
    @inline(__always) private mutating func copyOrdinaryCharacters() {
        let from = unsafe UnsafeRawPointer(self.source)
        while self.offset < self.count, self.offset &+ 16 <= self.readableCount {
            let bytes = unsafe from.loadUnaligned(fromByteOffset: self.offset, as: SIMD2<UInt64>.self)
            let backslashes = unsafe byte_scan_equal(from + self.offset, UInt8(ascii: "\\"))
            unsafe self.destination.storeBytes(of: bytes, toByteOffset: self.written, as: SIMD2<UInt64>.self)
            let length = backslashes == 0 ? 16 : backslashes.trailingZeroBitCount
            self.offset &+= length
            self.written &+= length
            guard backslashes == 0 else { return }
        }
        while self.offset < self.count, unsafe self.source[self.offset] != UInt8(ascii: "\\") {
            unsafe self.write(self.source[self.offset])
            self.offset &+= 1
        }
    }

    private mutating func next() -> UInt8? {
        guard self.offset < self.count else { return nil }
        defer { self.offset &+= 1 }
        return unsafe self.source[self.offset]
    }

    @inline(__always) private mutating func write(_ byte: UInt8) {
        unsafe self.destination.storeBytes(of: byte, toByteOffset: self.written, as: UInt8.self)
        self.written &+= 1
    }

    @inline(__always) private mutating func writeEscape() throws(JSONFailure) {
        let start = self.offset
        self.offset &+= 1
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

    @inline(__always) private mutating func codeUnit(escapedAt start: Int) throws(JSONFailure) -> UInt16 {
        guard self.offset &+ 4 <= self.count else { throw JSONFailure(.invalidEscape, at: start) }
        var (unit, wrong): (UInt16, UInt16) = (0, 0)
        for index in 0..<4 {
            let digit = Self.hexadecimalValue(unsafe self.source[self.offset &+ index])
            wrong |= digit & 16
            unit = unit &<< 4 | digit & 15
        }
        guard wrong == 0 else { throw JSONFailure(.invalidEscape, at: start) }
        self.offset &+= 4
        return unit
    }

    /// The value of a digit, or 16 for any other byte.
    @inline(__always) private static func hexadecimalValue(_ byte: UInt8) -> UInt16 {
        let decimal = byte &- UInt8(ascii: "0")
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return decimal < 10 ? UInt16(decimal) : letter < 6 ? UInt16(letter &+ 10) : 16
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        guard !scalar.isASCII else { return self.write(UInt8(truncatingIfNeeded: scalar.value)) }
        self.wroteNonASCII = true
        for byte in scalar.utf8 { self.write(byte) }
    }
}
