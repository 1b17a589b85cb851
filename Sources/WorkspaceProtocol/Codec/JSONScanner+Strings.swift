import CByteScan

extension JSONScanner {
    /// Reads a string value.
    // Not inlined: the code exists only once, not once for each string member.
    @inline(never) mutating func string() throws(JSONFailure) -> String {
        guard self.byte(at: self.offset) == UInt8(ascii: "\"") else { throw self.unexpectedType() }
        let start = self.offset &+ 1
        var position = start
        var highBits: UInt32 = 0
        while let block = self.fullStringBlock(at: position) {
            guard block.stops == 0 else {
                let index = block.stops.trailingZeroBitCount
                let end = position &+ index
                guard self.byte(at: end) == UInt8(ascii: "\"") else { break }
                self.offset = end &+ 1
                highBits |= block.highBits & block.before(index)
                guard end &- start > JSONShortText.capacity || highBits != 0 else {
                    return self.shortText(at: start, count: end &- start).string
                }
                let token = JSONStringToken(start: start, end: end, isASCII: highBits == 0, hasEscapes: false)
                return try self.value(of: token)
            }
            highBits |= block.highBits
            position &+= 16
        }
        return try self.unusualString()
    }

    /// Reads the timestamp of a payload.
    @inline(never) mutating func timestamp() throws(JSONFailure) -> RFC3339Timestamp {
        guard let text = self.consumeInlineText() else { return RFC3339Timestamp(rawValue: try self.string()) }
        return RFC3339Timestamp(text)
    }

    /// Reads a literal of 16 to 31 ASCII bytes without escapes; reads nothing of any other literal.
    @inline(__always) private mutating func consumeInlineText() -> InlineText? {
        let start = self.offset &+ 1
        guard self.byte(at: self.offset) == UInt8(ascii: "\""), let front = self.fullStringBlock(at: start),
            let back = self.fullStringBlock(at: start &+ 16)
        else { return nil }
        let count = back.stops.trailingZeroBitCount
        let end = start &+ 16 &+ count
        guard front.stops == 0, back.stops != 0, self.byte(at: end) == UInt8(ascii: "\""),
            front.highBits | back.highBits & back.before(count) == 0
        else { return nil }
        self.offset = end &+ 1
        return self.inlineText(at: start, count: count)
    }

    /// Reads a string that has escapes, ends among the last bytes of the text, or has no end.
    @inline(never) private mutating func unusualString() throws(JSONFailure) -> String {
        if let value = self.shortValue() { return value }
        return try self.value(of: try self.literal())
    }

    /// The value of a literal.
    @inline(__always) mutating func value(of token: JSONStringToken) throws(JSONFailure) -> String {
        guard !token.hasEscapes, token.isASCII || self.isKnownUTF8 else { return try self.unusualValue(of: token) }
        return unsafe Self.string(self.bytes(of: token), isASCII: token.isASCII)
    }

    /// Finds the end of a string literal without building its value; the content is not checked yet.
    @inline(never) mutating func stringToken() throws(JSONFailure) -> JSONStringToken {
        guard self.byte(at: self.offset) == UInt8(ascii: "\"") else { throw self.unexpectedType() }
        return try self.literal()
    }

    /// Reads any literal.
    @inline(never) private mutating func literal() throws(JSONFailure) -> JSONStringToken {
        let start = self.offset &+ 1
        var (position, highBits, backslashes, escapes) = (start, UInt32(0), UInt32(0), EscapeTracker())
        while let block = self.stringBlock(at: position) {
            // Escaped bytes belong to their escape; the unescaper checks them.
            let ends = block.stops & ~block.backslashes & ~escapes.escaped(by: block.backslashes)
            guard ends == 0 else {
                let index = ends.trailingZeroBitCount
                let end = position &+ index
                guard self.byte(at: end) == UInt8(ascii: "\"") else { break }
                self.offset = end &+ 1
                let before = block.before(index)
                highBits |= block.highBits & before
                backslashes |= block.backslashes & before
                return JSONStringToken(start: start, end: end, isASCII: highBits == 0, hasEscapes: backslashes != 0)
            }
            highBits |= block.highBits
            backslashes |= block.backslashes
            position &+= 16
        }
        return try self.literalByBytes(from: start)
    }

    /// Reads byte by byte, because the text has less than sixteen bytes or ends too early.
    @inline(never) private mutating func literalByBytes(from start: Int) throws(JSONFailure) -> JSONStringToken {
        var (isASCII, hasEscapes) = (true, false)
        self.offset = start
        while true {
            let byte = self.byte(at: self.offset)
            switch byte {
            case UInt8(ascii: "\""):
                self.offset &+= 1
                return JSONStringToken(start: start, end: self.offset &- 1, isASCII: isASCII, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\") where self.offset &+ 1 < self.count:
                hasEscapes = true
                if self.byte(at: self.offset &+ 1) > 0x7F { isASCII = false }
                self.offset &+= 2
            case 0x20...0x5B, 0x5D...0xFF:
                if byte > 0x7F { isASCII = false }
                self.offset &+= 1
            default: throw self.unterminatedString()
            }
        }
    }

    /// Checks the content of a string whose value is not needed.
    mutating func validate(_ token: JSONStringToken) throws(JSONFailure) {
        if token.hasEscapes || !token.isASCII { _ = try self.value(of: token) }
    }

    /// Copies bytes that were checked to be UTF-8.
    @inline(__always) private static func string(_ bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) -> String {
        unsafe String(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: isASCII))
    }

    /// Reads a literal with escapes whose value has at most 1 KiB, without looking for its end first.
    ///
    /// - Returns: The value. For any other literal, and after an error, it returns `nil` and reads nothing.
    @inline(never) private mutating func shortValue() -> String? {
        unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
            var unescaper = unsafe JSONUnescaper(self.bytes(from: self.offset &+ 1), destination: buffer)
            guard (try? unescaper.run()) == true, self.isKnownUTF8 || unescaper.readASCIIOnly else { return nil }
            self.offset &+= unescaper.offset &+ 2
            if unescaper.isRepaired { self.note(.repairedText) }
            return unsafe Self.string(unescaper.value, isASCII: unescaper.wroteASCIIOnly)
        }
    }

    /// The value of a literal that has escapes or must be checked.
    ///
    /// Bytes that are not text become U+FFFD, as in Go: one bad character does not make the message malformed.
    @inline(never) private mutating func unusualValue(of token: JSONStringToken) throws(JSONFailure) -> String {
        let isUTF8 = token.isASCII || self.isKnownUTF8 || self.isUTF8(token)
        if !isUTF8 { self.note(.repairedText) }
        guard token.hasEscapes else {
            guard isUTF8 else { return unsafe String(decoding: self.bytes(of: token), as: UTF8.self) }
            return unsafe Self.string(self.bytes(of: token), isASCII: token.isASCII)
        }
        // We do not write into the string's own memory, because the string would check the bytes again.
        let capacity = JSONUnescaper.capacity(for: token.count)
        let result = unsafe withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { buffer in
            var unescaper = unsafe JSONUnescaper(self.bytes(from: token.start), destination: buffer)
            return Result { () throws(JSONFailure) -> (text: String, isRepaired: Bool) in
                guard try unescaper.run() else { throw self.unexpected() }
                guard isUTF8 else { return (unsafe String(decoding: unescaper.value, as: UTF8.self), true) }
                let text = unsafe Self.string(unescaper.value, isASCII: unescaper.wroteASCIIOnly)
                return (text, unescaper.isRepaired)
            }
        }
        do {
            let (text, isRepaired) = try result.get()
            if isRepaired { self.note(.repairedText) }
            return text
        } catch {
            throw JSONFailure(error.reason, at: token.start &+ error.offset)
        }
    }

    private func isUTF8(_ token: JSONStringToken) -> Bool {
        let bytes = unsafe self.bytes(of: token)
        let isUTF8 = unsafe byte_scan_is_utf8(bytes.baseAddress.unsafelyUnwrapped, bytes.count)
        guard isUTF8 < 0 else { return isUTF8 == 1 }
        return (try? UTF8Span(validating: unsafe bytes.span)) != nil
    }

    /// The failure of a string that ends, or has a control character, before its closing quote.
    private func unterminatedString() -> JSONFailure {
        // The scanner stops at a backslash only if it is the last byte.
        guard self.offset < self.count, self.byte(at: self.offset) < 0x20 else {
            return JSONFailure(.unexpectedEnd, at: self.count)
        }
        return JSONFailure(.controlCharacter, at: self.offset)
    }
}

/// The place of a string literal in the input, between its quotes and still escaped.
struct JSONStringToken {
    /// The offset of the first byte after the opening quote.
    let start: Int

    /// The offset of the closing quote.
    let end: Int

    /// Whether all bytes are ASCII; if so, they need no UTF-8 validation.
    let isASCII: Bool

    /// Whether there is a backslash; if so, the escapes are not checked yet.
    let hasEscapes: Bool

    /// The number of bytes between the quotes.
    var count: Int { self.end - self.start }
}
