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

    /// Reads a literal that is one of the known names, spelled without escapes.
    ///
    /// - Returns: The name; `nil`, with nothing read, for any other value.
    @inline(__always) mutating func consumeName<Name: JSONName>() -> Name? {
        var rawValue: UInt8 = 0
        while let candidate = Name(rawValue: rawValue) {
            if self.hasString(candidate.name, at: self.offset) {
                self.offset &+= candidate.name.utf8CodeUnitCount &+ 2
                return candidate
            }
            rawValue &+= 1
        }
        return nil
    }

    /// Skips a key that is spelled as agentctl does: `"name":`, without whitespace or escapes.
    @inline(__always) mutating func consumeKey(_ name: StaticString) -> Bool {
        guard self.hasKey(name, at: self.offset) else { return false }
        self.offset &+= name.utf8CodeUnitCount &+ 3
        self.skipWhitespace()
        return true
    }
}
