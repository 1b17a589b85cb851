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
        var hasEscapes = false
        var highBits: UInt64 = 0
        self.offset = start
        while true {
            self.skipOrdinaryCharacters(&highBits)
            switch self.byte(at: self.offset) {
            case UInt8(ascii: "\""):
                let token = JSONStringToken(start: start, end: offset, isASCII: highBits == 0, hasEscapes: hasEscapes)
                self.offset &+= 1
                return token
            case UInt8(ascii: "\\") where self.offset &+ 1 < self.count:
                // Whatever follows belongs to the escape; the unescaper judges it.
                hasEscapes = true
                self.offset &+= 2
            default:
                throw self.unterminatedString()
            }
        }
    }

    /// Checks the content of a string that nobody wants the value of.
    func validate(_ token: JSONStringToken) throws(JSONFailure) {
        if token.hasEscapes || !token.isASCII { _ = try self.value(of: token) }
    }

    /// Moves to the next quote, backslash or control character, or to the end, eight bytes at a time.
    ///
    /// Bit 7 of each byte that was passed is gathered in `highBits`.
    @inline(__always) private mutating func skipOrdinaryCharacters(_ highBits: inout UInt64) {
        while let word = self.word(at: self.offset) {
            let quotes = word.bytes(equalTo: UInt8(ascii: "\""))
            let backslashes = word.bytes(equalTo: UInt8(ascii: "\\"))
            let stops = quotes | backslashes | word.controlBytes
            guard stops == 0 else {
                // Bits below the first stop belong to the bytes before it; above it they mean nothing.
                highBits |= word & (stops & (0 &- stops) &- 1) & UInt64.topBits
                self.offset &+= stops.trailingZeroBitCount &>> 3
                return
            }
            highBits |= word & UInt64.topBits
            self.offset &+= 8
        }
        while true {
            let byte = self.byte(at: self.offset)
            guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return }
            highBits |= UInt64(byte & 0x80)
            self.offset &+= 1
        }
    }

    /// The value of a literal without escapes.
    @inline(__always) private func text(of token: JSONStringToken) throws(JSONFailure) -> String {
        let bytes = unsafe self.bytes(of: token)
        guard !token.isASCII else { return unsafe String(decoding: bytes, as: UTF8.self) }
        do {
            return String(copying: try UTF8Span(validating: unsafe bytes.span))
        } catch {
            throw JSONFailure(.invalidUTF8, at: token.start &+ error.byteOffsets.lowerBound)
        }
    }

    /// The value of a literal with escapes.
    private func unescape(_ token: JSONStringToken) throws(JSONFailure) -> String {
        let bytes = unsafe self.bytes(of: token)
        if !token.isASCII {
            do {
                _ = try UTF8Span(validating: unsafe bytes.span)
            } catch {
                throw JSONFailure(.invalidUTF8, at: token.start &+ error.byteOffsets.lowerBound)
            }
        }
        var failure: JSONFailure?
        let text = unsafe String(unsafeUninitializedCapacity: bytes.count) { buffer in
            var unescaper = unsafe JSONUnescaper(source: bytes, destination: buffer)
            do throws(JSONFailure) {
                try unescaper.run()
                return unescaper.written
            } catch {
                failure = JSONFailure(error.reason, at: token.start &+ error.offset)
                return 0
            }
        }
        if let failure { throw failure }
        return text
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
