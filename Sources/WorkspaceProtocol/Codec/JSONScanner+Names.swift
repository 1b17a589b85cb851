extension JSONScanner {
    /// Validates a literal and returns the kind of message that it names, or `nil` if that is unknown.
    mutating func kind(_ token: JSONStringToken) throws(JSONFailure) -> WorkspaceMessageKind? {
        try self.validate(token)
        return WorkspaceMessageKind.allCases.first { [self] in self.isName($0.name, token) }
    }

    /// Whether a validated literal is this name, in any spelling.
    @inline(never) func isName(_ name: StaticString, _ token: JSONStringToken) -> Bool {
        let count = name.utf8CodeUnitCount
        guard token.hasEscapes else {
            let bytes = unsafe self.bytes(of: token)
            return unsafe bytes.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: count))
        }
        // Each byte takes six characters at most. So a long literal is not read again for each name.
        guard token.count > count, token.count <= 6 &* count else { return false }
        var scanner = self
        return (try? scanner.value(of: token)) == name.description
    }

    /// Reads a literal that is the name of a known type without escapes; reads nothing if the value is different.
    @inline(__always) mutating func consumeKind() -> WorkspaceMessageKind? {
        let start = self.offset &+ 1
        guard self.byte(at: self.offset) == UInt8(ascii: "\""), let block = self.fullStringBlock(at: start) else {
            return nil
        }
        // Names are ASCII, so no text with other characters is equal to one.
        let count = block.stops.trailingZeroBitCount
        guard count <= JSONShortText.capacity, self.byte(at: start &+ count) == UInt8(ascii: "\"") else { return nil }
        guard let kind = WorkspaceMessageKind(self.shortText(at: start, count: count)) else { return nil }
        self.offset = start &+ count &+ 1
        return kind
    }
}
