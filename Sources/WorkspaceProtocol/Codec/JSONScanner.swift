import CByteScan

/// A cursor over one JSON text (RFC 8259).
///
/// It builds no tree: the caller asks for the value it expects and skips the others. Skipping validates as strictly as
/// reading. Every method starts at the current offset and moves it past the bytes that it read.
///
/// The scanner borrows its bytes, so it must not outlive the call that lent them. It is `@safe` because only the few
/// methods of this file access the bytes, and they first check the offset against the count.
@safe struct JSONScanner {
    /// How many arrays and objects may be open at once; `JSONDecoder` has the same limit.
    static let nestingLimit = 512

    /// The offset of the next byte.
    var offset: Int

    /// How many arrays and objects are open.
    private(set) var depth = 0

    /// The first byte; nothing is read through it when `count` is 0.
    ///
    /// It is not a buffer, because a buffer checks for `nil` and computes its count at every access.
    private let base: UnsafeRawPointer

    /// The number of bytes in the input.
    let count: Int

    /// Whether the input is already known to be UTF-8.
    let isKnownUTF8: Bool

    /// How the text so far deviates from the values that were read.
    private(set) var deviations: WorkspaceEvent.Deviations = []

    /// Starts at the first byte, or after a UTF-8 byte order mark, which RFC 8259 §8.1 allows a parser to ignore.
    init(_ bytes: UnsafeRawBufferPointer, isKnownUTF8: Bool = false) {
        // An empty input may have no address; no byte of it is read.
        unsafe self.base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        self.count = bytes.count
        self.isKnownUTF8 = isKnownUTF8
        self.offset = 0
        self.restart()
    }

    /// Goes back to the start.
    @inline(__always) mutating func restart() {
        let hasByteOrderMark = self.byte(at: 0) == 0xEF && self.byte(at: 1) == 0xBB && self.byte(at: 2) == 0xBF
        self.offset = hasByteOrderMark ? 3 : 0
    }

    /// Notes that the text says something that its value does not.
    mutating func note(_ deviation: WorkspaceEvent.Deviations) { self.deviations.formUnion(deviation) }

    // MARK: Bytes

    /// The byte at `offset`, or 0 after the end: a zero byte is never valid JSON, so the grammar stops there.
    @inline(__always) func byte(at offset: Int) -> UInt8 {
        offset < self.count ? unsafe self.load(at: offset) : 0
    }

    /// The eight bytes from `offset`, the first one lowest; `nil` if fewer are left.
    @inline(__always) func word(at offset: Int) -> UInt64? {
        guard offset &+ 8 <= self.count else { return nil }
        return UInt64(littleEndian: unsafe self.load(at: offset))
    }

    /// The value at `offset`; the caller has checked that the bytes exist.
    @unsafe @inline(__always) private func load<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Value {
        unsafe self.base.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// What a string literal needs to know about the next bytes, sixteen at most; bit i is for the byte at `offset` +
    /// i.
    struct StringBlock {
        /// Quotes, backslashes and control characters.
        let stops: UInt32

        let backslashes: UInt32

        /// Bytes that are not ASCII.
        let highBits: UInt32

        /// Looks at sixteen bytes and drops the bits of those that were passed.
        @unsafe @inline(__always) fileprivate init(_ bytes: UnsafeRawPointer, passed: UInt32) {
            self.stops = unsafe byte_scan_json_stops(bytes) &>> passed
            self.backslashes = unsafe byte_scan_equal(bytes, UInt8(ascii: "\\")) &>> passed
            self.highBits = unsafe byte_scan_high_bits(bytes) &>> passed
        }

        /// One bit for each of the first `count` bytes; `count` is less than the size of the block.
        @inline(__always) func before(_ count: Int) -> UInt32 {
            (1 &<< UInt32(truncatingIfNeeded: count)) &- 1
        }
    }

    /// Looks at the next sixteen bytes; `nil` if fewer are left.
    @inline(__always) func fullStringBlock(at offset: Int) -> StringBlock? {
        guard offset &+ 16 <= self.count else { return nil }
        return unsafe StringBlock(self.base + offset, passed: 0)
    }

    /// Looks at the next sixteen bytes, or the rest; `nil` at the end, and in a text of less than 16 bytes.
    @inline(__always) func stringBlock(at offset: Int) -> StringBlock? {
        guard offset < self.count, self.count >= 16 else { return nil }
        // Near the end we look at the last sixteen bytes.
        let start = min(offset, self.count &- 16)
        return unsafe StringBlock(self.base + start, passed: UInt32(truncatingIfNeeded: offset &- start))
    }

    /// The first `count` bytes of a full block; the caller has checked that they are ASCII and at most fifteen.
    @inline(__always) func shortText(at offset: Int, count: Int) -> JSONShortText {
        let (low, high): (UInt64, UInt64) = unsafe (self.load(at: offset), self.load(at: offset &+ 8))
        return JSONShortText(low: UInt64(littleEndian: low), high: UInt64(littleEndian: high), count: count)
    }

    /// The sixteen bytes of a full block and `count` more, fifteen at most; the caller has checked all of them.
    @inline(__always) func inlineText(at offset: Int, count: Int) -> InlineText {
        let (first, second): (UInt64, UInt64) = unsafe (self.load(at: offset), self.load(at: offset &+ 8))
        let rest = self.shortText(at: offset &+ 16, count: count)
        return InlineText(UInt64(littleEndian: first), UInt64(littleEndian: second), rest)
    }

    /// The bytes of a string literal, still escaped.
    @inline(__always) func bytes(of token: JSONStringToken) -> UnsafeBufferPointer<UInt8> {
        let start = unsafe (self.base + token.start).assumingMemoryBound(to: UInt8.self)
        return unsafe UnsafeBufferPointer(start: start, count: token.count)
    }

    /// All bytes from `offset` on; `offset` must not be after the end.
    @inline(__always) func bytes(from offset: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: self.base + offset, count: self.count &- offset)
    }

    /// Skips a separator and the key after it, if agentctl could have written them and the value is not `null`.
    @inline(__always) mutating func consumeKey(_ name: StaticString, behind separator: UInt16) -> Bool {
        let end = self.offset &+ name.utf8CodeUnitCount &+ 4
        guard end < self.count else { return false }
        let isKey = unsafe byte_scan_begins_member(
            self.base + self.offset,
            separator,
            name.utf8Start,
            name.utf8CodeUnitCount
        )
        if isKey { self.offset = end }
        return isKey
    }

    // MARK: Punctuation

    /// Moves to the next byte that is not whitespace (RFC 8259 §2).
    @inline(__always) mutating func skipWhitespace() {
        // agentctl writes no whitespace, so one comparison is usually enough.
        guard self.byte(at: self.offset) <= UInt8(ascii: " ") else { return }
        self.skipFoundWhitespace()
    }

    @inline(never) private mutating func skipFoundWhitespace() {
        while true {
            switch self.byte(at: self.offset) {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): self.offset &+= 1
            default: return
            }
        }
    }

    /// Skips `byte` if it is next.
    @inline(__always) mutating func consume(_ byte: UInt8) -> Bool {
        guard self.byte(at: self.offset) == byte else { return false }
        self.offset &+= 1
        return true
    }

    /// Skips the literal `null` if it is next.
    @inline(__always) mutating func consumeNull() throws(JSONFailure) -> Bool {
        guard self.byte(at: self.offset) == UInt8(ascii: "n") else { return false }
        try self.expect("null")
        return true
    }

    /// Skips `literal`, or fails at the first byte that differs.
    mutating func expect(_ literal: StaticString) throws(JSONFailure) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard self.consume(unsafe literal.utf8Start[index]) else { throw self.unexpected() }
        }
    }

    /// Checks that only whitespace is left.
    mutating func finish() throws(JSONFailure) {
        self.skipWhitespace()
        guard self.offset == self.count else { throw JSONFailure(.trailingBytes, at: self.offset) }
    }

    // MARK: Nesting

    /// Records that the array or object at the current offset opens, and skips its bracket.
    @inline(__always) mutating func enterContainer() throws(JSONFailure) {
        try self.nest()
        self.offset &+= 1
        self.skipWhitespace()
    }

    /// Records that the array or object at the current offset opens, and does not move.
    @inline(__always) mutating func nest() throws(JSONFailure) {
        guard self.depth < Self.nestingLimit else { throw JSONFailure(.nestingTooDeep, at: self.offset) }
        self.depth &+= 1
    }

    /// Records that the innermost array or object is closed.
    @inline(__always) mutating func leaveContainer() {
        self.depth &-= 1
    }

    /// Whether another member or element follows; skips the comma or the closing bracket.
    @inline(__always) mutating func hasNext(before close: UInt8) throws(JSONFailure) -> Bool {
        self.skipWhitespace()
        let byte = self.byte(at: self.offset)
        guard byte != UInt8(ascii: ",") else {
            self.offset &+= 1
            self.skipWhitespace()
            return true
        }
        guard byte == close else { throw self.unexpected() }
        self.offset &+= 1
        self.leaveContainer()
        return false
    }

    // MARK: Failures

    /// The syntax error at the current offset.
    func unexpected() -> JSONFailure {
        JSONFailure(self.offset < self.count ? .unexpectedByte : .unexpectedEnd, at: self.offset)
    }

    /// The failure when a value of another type was expected here.
    func unexpectedType() -> JSONFailure {
        switch self.byte(at: self.offset) {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            JSONFailure(.unexpectedType, at: self.offset)
        default: self.unexpected()
        }
    }
}
