import CByteScan

/// Checks UTF-8 while it arrives, and fails at the first byte that can't be part of it (RFC 6455 §8.1, RFC 3629).
///
/// A code point may be split anywhere: the state is carried to the next part. Overlong forms, surrogates and values
/// over U+10FFFF are refused at the byte that shows them, not at the end of the code point.
package struct UTF8Validator: Sendable, Hashable {
    private var state = UTF8Transitions.boundary

    package init() {}

    /// Whether the text so far ends with a complete code point.
    package var isAtBoundary: Bool { self.state == UTF8Transitions.boundary }

    /// Takes the next part of the text.
    ///
    /// - Parameter bytes: The next bytes, split anywhere.
    /// - Returns: False if the text can't be UTF-8, whatever follows.
    package mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let start = self.isAtBoundary ? unsafe Self.skipASCII(base, from: 0, count: bytes.count) : 0
        return unsafe start == bytes.count || self.step(through: base, from: start, count: bytes.count)
    }

    private mutating func step(through base: UnsafeRawPointer, from start: Int, count: Int) -> Bool {
        let table = UTF8Transitions.table
        var index = start
        while count &- index >= 64 {
            guard let end = unsafe self.stepTwofold(through: base, from: index, table: table) else { return false }
            index = self.isAtBoundary ? unsafe Self.skipASCII(base, from: end, count: count) : end
        }
        while index < count {
            self.state = table.step(self.state, unsafe base.load(fromByteOffset: index, as: UInt8.self))
            index &+= 1
        }
        self.state &= 63
        return self.state != UTF8Transitions.impossible
    }

    /// Takes about 60 bytes as two parts at the same time.
    ///
    /// Each step waits for the step before it, so two chains of steps take hardly longer than one.
    ///
    /// - Returns: The end of the parts, or nil if they can't be UTF-8.
    private mutating func stepTwofold(
        through base: UnsafeRawPointer,
        from start: Int,
        table: UTF8Transitions
    ) -> Int? {
        guard let middle = unsafe Self.lastStart(base, before: start &+ 32) else { return nil }
        var first = self.state
        var second = UTF8Transitions.boundary
        for offset in 0..<32 {
            first = table.step(first, unsafe base.load(fromByteOffset: start &+ offset, as: UInt8.self))
            second = table.step(second, unsafe base.load(fromByteOffset: middle &+ offset, as: UInt8.self))
        }
        // The first part includes the byte at `middle`. If a code point were split there, the state would be
        // impossible.
        guard first & 63 != UTF8Transitions.impossible, second & 63 != UTF8Transitions.impossible else { return nil }
        self.state = second & 63
        return middle &+ 32
    }

    /// The last of the four bytes before `end` that is not a continuation; in UTF-8 there is one.
    private static func lastStart(_ base: UnsafeRawPointer, before end: Int) -> Int? {
        let word = UInt32(littleEndian: unsafe base.loadUnaligned(fromByteOffset: end &- 4, as: UInt32.self))
        let starts = (~word | word &<< 1) & 0x8080_8080
        return starts == 0 ? nil : end &- 1 &- (starts.leadingZeroBitCount &>> 3)
    }

    /// Whether `bytes` are complete UTF-8.
    @inline(__always)
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let start = unsafe Self.skipASCII(base, from: 0, count: bytes.count)
        return unsafe start == bytes.count || Self.isValid(base + start, count: bytes.count &- start)
    }

    private static func isValid(_ base: UnsafeRawPointer, count: Int) -> Bool {
        let verdict = unsafe byte_scan_is_utf8(base, count)
        guard verdict < 0 else { return verdict == 1 }
        var validator = UTF8Validator()
        return unsafe validator.accept(UnsafeRawBufferPointer(start: base, count: count)) && validator.isAtBoundary
    }

    /// Skips ASCII, 64 bytes at a time.
    ///
    /// - Returns: A position; only ASCII is between `start` and it. It is `count` if all of it is ASCII.
    private static func skipASCII(_ base: UnsafeRawPointer, from start: Int, count: Int) -> Int {
        var index = start
        while count &- index >= 64 {
            guard unsafe byte_scan_is_ascii(base + index) else { return index }
            index &+= 64
        }
        if count &- index >= 32 {
            let words = unsafe base.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
            guard self.isASCII(words[0] | words[1] | words[2] | words[3]) else { return index }
            index &+= 32
        }
        while count &- index >= 8 {
            guard self.isASCII(unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self)) else { return index }
            index &+= 8
        }
        // The last word overlaps bytes that were already checked, so that no bytes remain.
        guard index < count, count >= 8 else { return index }
        let last = unsafe base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return self.isASCII(last) ? count : index
    }

    private static func isASCII(_ word: UInt64) -> Bool { word & 0x8080_8080_8080_8080 == 0 }
}
