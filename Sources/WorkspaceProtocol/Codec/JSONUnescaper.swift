/// Replaces the escapes of a string literal (RFC 8259 §7).
///
/// The result is never longer than the source, and the destination has at least the capacity of the source: that is why
/// its unchecked writes stay inside.
@safe struct JSONUnescaper {
    /// The number of bytes written so far.
    private(set) var written = 0

    private var offset = 0
    private let source: UnsafeBufferPointer<UInt8>
    private let destination: UnsafeMutableBufferPointer<UInt8>

    init(source: UnsafeBufferPointer<UInt8>, destination: UnsafeMutableBufferPointer<UInt8>) {
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

    /// Copies while the next eight bytes have no backslash.
    @inline(__always) private mutating func copyOrdinaryCharacters() {
        let from = unsafe UnsafeRawBufferPointer(self.source)
        let to = unsafe UnsafeMutableRawBufferPointer(self.destination)
        while self.offset &+ 8 <= from.count {
            let word = unsafe from.loadUnaligned(fromByteOffset: self.offset, as: UInt64.self)
            let backslashes = UInt64(littleEndian: word).bytes(equalTo: UInt8(ascii: "\\"))
            // All eight may be stored: what is behind the run is overwritten later, or not counted.
            unsafe to.storeBytes(of: word, toByteOffset: self.written, as: UInt64.self)
            let length = backslashes == 0 ? 8 : backslashes.trailingZeroBitCount &>> 3
            self.offset &+= length
            self.written &+= length
            guard length == 8 else { return }
        }
    }

    private mutating func next() -> UInt8? {
        guard unsafe self.offset < self.source.count else { return nil }
        defer { self.offset &+= 1 }
        return unsafe self.source[self.offset]
    }

    private mutating func write(_ byte: UInt8) {
        unsafe self.destination[self.written] = byte
        self.written &+= 1
    }

    private mutating func writeEscape() throws(JSONFailure) {
        let start = self.offset &- 1
        switch self.next() {
        case UInt8(ascii: "\""): self.write(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): self.write(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): self.write(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): self.write(0x08)
        case UInt8(ascii: "f"): self.write(0x0C)
        case UInt8(ascii: "n"): self.write(0x0A)
        case UInt8(ascii: "r"): self.write(0x0D)
        case UInt8(ascii: "t"): self.write(0x09)
        case UInt8(ascii: "u"): self.write(try self.scalar(escapedAt: start))
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
            guard let digit = self.next().flatMap(Self.hexadecimalValue) else {
                throw JSONFailure(.invalidEscape, at: start)
            }
            unit = unit &<< 4 | digit
        }
        return unit
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte &- UInt8(ascii: "a") &+ 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte &- UInt8(ascii: "A") &+ 10)
        default: nil
        }
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        for byte in scalar.utf8 { self.write(byte) }
    }
}
