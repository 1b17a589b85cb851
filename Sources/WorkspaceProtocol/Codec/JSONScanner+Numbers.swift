extension JSONScanner {
    /// Reads a number that is an integer and fits 64 bits.
    ///
    /// `1.0` and `1e3` are integers, because RFC 8259 §6 has only one kind of number; `1.5` is not an integer.
    @inline(never) mutating func integer() throws(JSONFailure) -> Int64 {
        guard let value = self.plainInteger() else { return try self.unusualInteger() }
        return value
    }

    /// Reads a number that is an integer and fits `Int`.
    mutating func int() throws(JSONFailure) -> Int {
        let start = self.offset
        guard let value = Int(exactly: try self.integer()) else { throw JSONFailure(.numberOutOfRange, at: start) }
        return value
    }

    /// Skips a number of any size, checking its grammar.
    mutating func skipNumber() throws(JSONFailure) {
        _ = try self.decimal()
    }

    /// Reads a whole number of at most fifteen digits; for any other value it returns `nil` and reads nothing.
    @inline(__always) mutating func plainInteger() -> Int64? {
        let isNegative = self.byte(at: self.offset) == UInt8(ascii: "-")
        let start = isNegative ? self.offset &+ 1 : self.offset
        guard let first = self.word(at: start) else { return nil }
        var digits = JSONDigits(first)
        // Timestamps have 13 digits.
        if digits.count == 8 {
            guard let second = self.word(at: start &+ 8) else { return nil }
            digits.append(second)
        }
        let end = start &+ digits.count
        switch self.byte(at: end) {
        // These two bytes follow most often, so one comparison is enough.
        case UInt8(ascii: ","), UInt8(ascii: "}"): break
        default: return nil
        }
        guard digits.count > 0, digits.count == 1 || self.byte(at: start) != UInt8(ascii: "0") else { return nil }
        // The spelling `-0` differs from its value.
        guard !isNegative || digits.value != 0 else { return nil }
        self.offset = end
        return isNegative ? 0 &- digits.value : digits.value
    }

    private mutating func unusualInteger() throws(JSONFailure) -> Int64 {
        let start = self.offset
        guard let value = try self.decimal().integer else { throw JSONFailure(.numberOutOfRange, at: start) }
        let isSpelledSo = (start..<self.offset).lazy.map { [self] in self.byte(at: $0) }.elementsEqual(
            String(value).utf8
        )
        if !isSpelledSo { self.note(.spelledNumbers) }
        return value
    }

    /// Reads `[ minus ] int [ frac ] [ exp ]`.
    private mutating func decimal() throws(JSONFailure) -> JSONDecimal {
        guard self.digit(at: self.offset) != nil || self.byte(at: self.offset) == UInt8(ascii: "-") else {
            throw self.unexpectedType()
        }
        var number = JSONDecimal(isNegative: self.consume(UInt8(ascii: "-")))
        if self.consume(UInt8(ascii: "0")) {
            // No digit may follow a leading zero.
            guard self.digit(at: self.offset) == nil else { throw JSONFailure(.invalidNumber, at: self.offset) }
        } else {
            try self.digits { number.append($0) }
        }
        if self.consume(UInt8(ascii: ".")) {
            try self.digits { number.appendFraction($0) }
        }
        if self.consume(UInt8(ascii: "e")) || self.consume(UInt8(ascii: "E")) {
            try self.exponent(of: &number)
        }
        return number
    }

    private mutating func exponent(of number: inout JSONDecimal) throws(JSONFailure) {
        let isNegative = self.consume(UInt8(ascii: "-"))
        if !isNegative { _ = self.consume(UInt8(ascii: "+")) }
        var exponent = 0
        try self.digits { exponent = min(exponent &* 10 &+ Int($0), JSONDecimal.exponentLimit) }
        number.scale(byPowerOfTen: isNegative ? -exponent : exponent)
    }

    /// Reads one or more digits.
    @inline(__always) private mutating func digits(_ body: (UInt8) -> Void) throws(JSONFailure) {
        let start = self.offset
        while let digit = self.digit(at: self.offset) {
            body(digit)
            self.offset &+= 1
        }
        guard self.offset > start else {
            throw JSONFailure(self.offset < self.count ? .invalidNumber : .unexpectedEnd, at: self.offset)
        }
    }

    @inline(__always) private func digit(at offset: Int) -> UInt8? {
        let value = self.byte(at: offset) &- UInt8(ascii: "0")
        return value < 10 ? value : nil
    }
}
