import CByteScan

#if RED_CONTROLS
internal import RedControls
#endif

/// Copies a string literal up to its closing quote, and replaces its escapes (RFC 8259 §7).
@safe struct JSONUnescaper {
    /// The current offset in the source.
    private(set) var offset = 0

    /// Whether U+FFFD replaces half of a surrogate pair.
    private(set) var isRepaired = false

    /// Whether an escape gave a character that is not ASCII.
    private var wroteNonASCII = false

    /// Not 0 if a byte of the literal, or of the sixteen bytes after it, is not ASCII.
    private var highBits: UInt32 = 0

    private var written = 0
    private let source: UnsafeRawPointer
    private let count: Int
    private let destination: UnsafeMutableRawPointer
    private let capacity: Int

    /// The room that a literal of `count` bytes needs.
    ///
    /// The result is never longer than the source. But sixteen bytes are stored at once, and those may be longer.
    static func capacity(for count: Int) -> Int { count &+ 16 }

    /// - Parameters:
    ///   - source: The bytes from the opening quote (not included) to the end of the text.
    ///   - destination: Where to write.
    init(_ source: UnsafeRawBufferPointer, destination: UnsafeMutableRawBufferPointer) {
        // Not nil: the source is inside of a text, and the destination has sixteen bytes or more.
        unsafe self.source = source.baseAddress.unsafelyUnwrapped
        self.count = source.count
        unsafe self.destination = destination.baseAddress.unsafelyUnwrapped
        self.capacity = destination.count
    }

    /// Whether all bytes of the literal are known to be ASCII.
    var readASCIIOnly: Bool { self.highBits == 0 }

    /// Whether the value is known to be ASCII.
    var wroteASCIIOnly: Bool { self.readASCIIOnly && !self.wroteNonASCII }

    /// The text written so far.
    var value: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: self.destination.assumingMemoryBound(to: UInt8.self), count: self.written)
    }

    /// Continues to the closing quote.
    ///
    /// Offsets of failures count from the start of the source.
    ///
    /// - Returns: Whether it reached the quote. If not, there is no room, or the literal ends early or has a control
    ///   character.
    @inline(__always) mutating func run() throws(JSONFailure) -> Bool {
        while let stop = self.copyToStop() {
            guard stop != UInt8(ascii: "\"") else { return true }
            // An escape stands for at most four bytes.
            guard stop == UInt8(ascii: "\\"), self.written &+ 4 <= self.capacity else { return false }
            try self.writeEscape()
        }
        return false
    }

    /// Copies up to the next quote, backslash or control character.
    ///
    /// It stores sixteen bytes at once. The bytes after the stop are overwritten later, or do not count.
    ///
    /// - Returns: The stop; `nil` at the end of the source or of the room.
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

    static let backspace: UInt8 = 0x08
    static let formFeed: UInt8 = 0x0C

    /// Reads the escape whose backslash is next.
    @inline(__always) private mutating func writeEscape() throws(JSONFailure) {
        let start = self.offset
        let letter = start &+ 1 < self.count ? unsafe self.source.load(fromByteOffset: start &+ 1, as: UInt8.self) : 0
        self.offset = start &+ 2
        switch letter {
        case UInt8(ascii: "n"): self.write(UInt8(ascii: "\n"))
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
        case UInt8(ascii: "t"): self.write(UInt8(ascii: "\t"))
        case UInt8(ascii: "r"): self.write(UInt8(ascii: "\r"))
        case UInt8(ascii: "b"): self.write(Self.backspace)
        case UInt8(ascii: "f"): self.write(Self.formFeed)
        default: throw JSONFailure(.invalidEscape, at: start)
        }
    }

    /// The value of an escape such as `\\u003c`; `nil` if it is not one of the first 128 code points.
    @inline(__always) private func asciiEscape(at start: Int) -> UInt8? {
        guard start &+ 6 <= self.count else { return nil }
        let digits = UInt32(littleEndian: unsafe self.source.loadUnaligned(fromByteOffset: start &+ 2, as: UInt32.self))
        let upper = UInt8(truncatingIfNeeded: digits &>> 16) &- UInt8(ascii: "0")
        let lower = JSONCodeUnits.value(ofDigit: UInt8(truncatingIfNeeded: digits &>> 24))
        // 0x3030 is `00`.
        guard digits & 0xFFFF == 0x3030, upper < 8, lower < 16 else { return nil }
        return upper &<< 4 | UInt8(truncatingIfNeeded: lower)
    }

    @inline(__always) private mutating func write(_ scalar: Unicode.Scalar) {
        guard !scalar.isASCII else { return self.write(UInt8(truncatingIfNeeded: scalar.value)) }
        self.wroteNonASCII = true
        for byte in scalar.utf8 { self.write(byte) }
    }
}

/// How Go's `encoding/json` escapes a character that it does not write unchanged.
///
/// These are the characters of RFC 8259 §7, and also `<`, `>`, `&`, U+2028 and U+2029, which would be active in HTML.
enum JSONEscape {
    /// A backslash and a letter.
    case letter(UInt8)

    /// A backslash, `u` and four lowercase digits.
    case codeUnit(UInt16)

    /// Returns the escape of the character that starts at `index`, or `nil` if it needs none.
    @inline(__always) init?(of text: UnsafeBufferPointer<UInt8>, at index: Int) {
        let byte = unsafe text[index]
        guard byte < 0x60 || byte == 0xE2 else { return nil }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): self = .letter(byte)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): self = .codeUnit(UInt16(byte))
        // U+2028 and U+2029 are E2 80 A8 and E2 80 A9 in UTF-8.
        case 0xE2:
            guard text.count > index &+ 2, unsafe text[index &+ 1] == 0x80 else { return nil }
            let last = unsafe text[index &+ 2]
            guard last == 0xA8 || last == 0xA9 else { return nil }
            self = .codeUnit(0x2000 | UInt16(last & 0x3F))
        case 0x20...: return nil
        default: self = Self.control(byte)
        }
    }

    /// The number of bytes that the escape replaces.
    var sourceLength: Int {
        if case .codeUnit(0x2028...0x2029) = self { 3 } else { 1 }
    }

    private static func control(_ byte: UInt8) -> Self {
        switch byte {
        case JSONUnescaper.backspace: .letter(UInt8(ascii: "b"))
        case UInt8(ascii: "\t"): .letter(UInt8(ascii: "t"))
        case UInt8(ascii: "\n"): .letter(UInt8(ascii: "n"))
        case JSONUnescaper.formFeed: .letter(UInt8(ascii: "f"))
        case UInt8(ascii: "\r"): .letter(UInt8(ascii: "r"))
        default: .codeUnit(UInt16(byte))
        }
    }
}
