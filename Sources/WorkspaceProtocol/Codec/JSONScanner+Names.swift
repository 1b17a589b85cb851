extension JSONScanner {
    /// Finds a literal among known names, beginning with the one whose raw value is `expected`.
    ///
    /// - Returns: The name, or `nil` if the literal is none of them. The literal is valid then, too.
    @inline(__always) func name<Name: JSONName>(
        _ token: JSONStringToken,
        from expected: UInt8 = 0
    ) throws(JSONFailure) -> Name? {
        guard !token.hasEscapes, token.isASCII else { return try self.unusualName(token) }
        var rawValue = expected
        while let candidate = Name(rawValue: rawValue) {
            if self.equals(token, candidate.name) { return candidate }
            rawValue &+= 1
        }
        rawValue = 0
        while rawValue < expected, let candidate = Name(rawValue: rawValue) {
            if self.equals(token, candidate.name) { return candidate }
            rawValue &+= 1
        }
        return nil
    }

    /// Compares with a name that may be spelled with escapes.
    private func unusualName<Name: JSONName>(_ token: JSONStringToken) throws(JSONFailure) -> Name? {
        let text = try self.value(of: token)
        var rawValue: UInt8 = 0
        while let candidate = Name(rawValue: rawValue) {
            if candidate.name.description == text { return candidate }
            rawValue &+= 1
        }
        return nil
    }

    @inline(__always) private func equals(_ token: JSONStringToken, _ name: StaticString) -> Bool {
        guard token.count == name.utf8CodeUnitCount else { return false }
        return self.hasBytes(of: name, at: token.start)
    }

    /// Skips a key that is spelled as agentctl does: `"name":`, without whitespace or escapes.
    @inline(__always) mutating func consumeKey(_ name: StaticString) -> Bool {
        let end = self.offset &+ name.utf8CodeUnitCount &+ 3
        guard end <= self.count, self.byte(at: end &- 1) == UInt8(ascii: ":") else { return false }
        guard self.byte(at: end &- 2) == UInt8(ascii: "\""), self.byte(at: self.offset) == UInt8(ascii: "\"") else {
            return false
        }
        guard self.hasBytes(of: name, at: self.offset &+ 1) else { return false }
        self.offset = end
        self.skipWhitespace()
        return true
    }
}
