import CByteScan

extension JSONScanner {
    /// Reads a string value.
    mutating func string() throws(JSONFailure) -> String {
        try self.value(of: try self.stringToken())
    }

    /// The value of a literal.
    @inline(__always) func value(of token: JSONStringToken) throws(JSONFailure) -> String {
        token.hasEscapes ? try self.unescape(token) : try self.text(of: token)
    }

    /// Reads a string literal without building its value; only its end, not its content, has been checked then.
    mutating func stringToken() throws(JSONFailure) -> JSONStringToken {
        guard self.byte(at: self.offset) == UInt8(ascii: "\"") else { throw self.unexpectedType() }
        let start = self.offset &+ 1
        var progress = StringProgress()
        self.offset = start
        while let scan = self.scan(at: self.offset), scan.count == 16 || scan.stops != 0 {
            guard try self.takeString(scan.stops, scan.highBits, &progress) else { continue }
            return self.finishToken(from: start, progress)
        }
        return try self.finishShortString(from: start, progress)
    }

    /// What is known of the characters of a string so far.
    private struct StringProgress {
        var hasEscapes = false
        /// Not 0 when one of them is not ASCII.
        var highBits: UInt32 = 0
    }

    /// Moves to the closing quote, or behind the bytes that were scanned.
    ///
    /// - Returns: Whether it is at the closing quote.
    @inline(__always) private mutating func takeString(
        _ found: UInt32,
        _ highBits: UInt32,
        _ progress: inout StringProgress
    ) throws(JSONFailure) -> Bool {
        var stops = found
        while stops != 0 {
            let index = stops.trailingZeroBitCount
            switch self.byte(at: self.offset &+ index) {
            case UInt8(ascii: "\\") where self.offset &+ index &+ 1 < self.count:
                // Whatever follows belongs to the escape; the unescaper judges it.
                progress.hasEscapes = true
                guard index < 15 else {
                    progress.highBits |= highBits
                    self.offset &+= 17
                    return false
                }
                stops &= ~(3 &<< UInt32(truncatingIfNeeded: index))
            case UInt8(ascii: "\""):
                // Bits below the quote belong to the bytes before it.
                progress.highBits |= highBits & ((1 &<< UInt32(truncatingIfNeeded: index)) &- 1)
                self.offset &+= index
                return true
            default:
                self.offset &+= index
                throw self.unterminatedString()
            }
        }
        progress.highBits |= highBits
        self.offset &+= 16
        return false
    }

    @inline(__always) private mutating func finishToken(from start: Int, _ progress: StringProgress) -> JSONStringToken
    {
        defer { self.offset &+= 1 }
        return JSONStringToken(
            start: start,
            end: self.offset,
            isASCII: progress.highBits == 0,
            hasEscapes: progress.hasEscapes
        )
    }

    /// Goes on byte by byte: in a text of less than sixteen bytes, or to the end of one that breaks off.
    @inline(never) private mutating func finishShortString(
        from start: Int,
        _ before: StringProgress
    ) throws(JSONFailure) -> JSONStringToken {
        var progress = before
        while true {
            let byte = self.byte(at: self.offset)
            switch byte {
            case UInt8(ascii: "\""): return self.finishToken(from: start, progress)
            case UInt8(ascii: "\\") where self.offset &+ 1 < self.count:
                progress.hasEscapes = true
                self.offset &+= 2
            case 0x20...0x5B, 0x5D...0xFF:
                progress.highBits |= UInt32(byte & 0x80)
                self.offset &+= 1
            default: throw self.unterminatedString()
            }
        }
    }

    /// Checks the content of a string that nobody wants the value of.
    func validate(_ token: JSONStringToken) throws(JSONFailure) {
        if token.hasEscapes || !token.isASCII { _ = try self.value(of: token) }
    }

    /// The value of a literal without escapes.
    @inline(__always) private func text(of token: JSONStringToken) throws(JSONFailure) -> String {
        let bytes = unsafe self.bytes(of: token)
        if !token.isASCII { try self.validateUTF8(token) }
        return unsafe Self.string(bytes, isASCII: token.isASCII)
    }

    /// Copies bytes that were checked to be UTF-8.
    @inline(__always) private static func string(_ bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) -> String {
        unsafe String(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: isASCII))
    }

    private func validateUTF8(_ token: JSONStringToken) throws(JSONFailure) {
        let bytes = unsafe self.bytes(of: token)
        if self.isKnownUTF8 { return }
        if unsafe byte_scan_is_utf8(bytes.baseAddress.unsafelyUnwrapped, bytes.count) == 1 { return }
        do {
            _ = try UTF8Span(validating: unsafe bytes.span)
        } catch {
            throw JSONFailure(.invalidUTF8, at: token.start &+ error.byteOffsets.lowerBound)
        }
    }

    /// The value of a literal with escapes.
    private func unescape(_ token: JSONStringToken) throws(JSONFailure) -> String {
        if !token.isASCII { try self.validateUTF8(token) }
        let source = unsafe self.bytes(of: token)
        // Not in the memory of the string itself: that would be checked once more.
        let result = unsafe withUnsafeTemporaryAllocation(byteCount: source.count, alignment: 1) { buffer in
            var unescaper = unsafe JSONUnescaper(source: source, destination: buffer)
            return Result { () throws(JSONFailure) -> String in
                try unescaper.run()
                let written = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<unescaper.written])
                return unsafe Self.string(
                    written.assumingMemoryBound(to: UInt8.self),
                    isASCII: token.isASCII && !unescaper.wroteNonASCII
                )
            }
        }
        do {
            return try result.get()
        } catch {
            throw JSONFailure(error.reason, at: token.start &+ error.offset)
        }
    }

    /// The failure of a string that ends, or is interrupted, before its closing quote.
    private func unterminatedString() -> JSONFailure {
        // A backslash stands here only when it is the last byte.
        guard self.offset < self.count, self.byte(at: self.offset) < 0x20 else {
            return JSONFailure(.unexpectedEnd, at: self.count)
        }
        return JSONFailure(.controlCharacter, at: self.offset)
    }
}
