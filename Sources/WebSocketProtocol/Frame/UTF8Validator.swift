/// Checks UTF-8 as it arrives, and fails at the first byte that can't be part of it (RFC 6455 §8.1, RFC 3629).
///
/// A code point may be cut anywhere: the state is carried to the next part. Overlong forms, surrogates and values over
/// U+10FFFF are refused at the byte that shows them, not at the end of the code point.
package struct UTF8Validator: Sendable, Hashable {
    /// Bytes between two looks whether the text is ASCII again, or impossible.
    private static let stride = 16

    private var state = UTF8Transitions.boundary

    package init() {}

    /// Whether everything so far is complete: no code point is cut.
    package var isAtBoundary: Bool { self.state == UTF8Transitions.boundary }

    /// Takes the next part of the text.
    ///
    /// - Parameter bytes: The next bytes, in any cut.
    /// - Returns: False when the text can't be UTF-8 whatever follows.
    package mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let start = self.isAtBoundary ? unsafe Self.skipASCII(base, from: 0, count: bytes.count) : 0
        return unsafe start == bytes.count || self.accept(base, from: start, count: bytes.count, rows: UTF8Transitions.rows)
    }

    private mutating func accept(
        _ base: UnsafeRawPointer,
        from start: Int,
        count: Int,
        rows: borrowing UTF8Transitions.Rows
    ) -> Bool {
        var index = start
        var state = self.state
        while count &- index >= Self.stride {
            for offset in 0..<Self.stride {
                let byte = unsafe base.load(fromByteOffset: index &+ offset, as: UInt8.self)
                state = rows[Int(byte)] &>> state
            }
            state &= 63
            guard state != UTF8Transitions.impossible else { return false }
            index &+= Self.stride
            if state == UTF8Transitions.boundary { index = unsafe Self.skipASCII(base, from: index, count: count) }
        }
        while index < count {
            let byte = unsafe base.load(fromByteOffset: index, as: UInt8.self)
            state = rows[Int(byte)] &>> state
            index &+= 1
        }
        self.state = state & 63
        return self.state != UTF8Transitions.impossible
    }

    /// Whether `bytes` as a whole are UTF-8.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var validator = UTF8Validator()
        return unsafe validator.accept(bytes) && validator.isAtBoundary
    }

    /// Skips ASCII, 32 bytes at a time.
    ///
    /// - Returns: A place with nothing but ASCII between `start` and it; `count` when all of it is ASCII.
    private static func skipASCII(_ base: UnsafeRawPointer, from start: Int, count: Int) -> Int {
        var index = start
        while count &- index >= 32 {
            let words = unsafe base.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
            guard self.isASCII(words[0] | words[1] | words[2] | words[3]) else { return index }
            index &+= 32
        }
        while count &- index >= 8 {
            guard self.isASCII(unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self)) else { return index }
            index &+= 8
        }
        // The last word reaches back into bytes that were looked at before, so that none are left over.
        guard index < count, count >= 8 else { return index }
        let last = unsafe base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return self.isASCII(last) ? count : index
    }

    private static func isASCII(_ word: UInt64) -> Bool { word & 0x8080_8080_8080_8080 == 0 }
}
