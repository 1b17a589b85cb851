extension JSONScanner {
    /// The kind of message that a literal names, which is validated; `nil` if it is unknown.
    mutating func kind(_ token: JSONStringToken) throws(JSONFailure) -> WorkspaceMessageKind? {
        try self.validate(token)
        return WorkspaceMessageKind.allCases.first { [self] in self.isName($0.name, token) }
    }

    /// Whether a literal that was validated is a name, in any spelling.
    @inline(never) func isName(_ name: StaticString, _ token: JSONStringToken) -> Bool {
        let count = name.utf8CodeUnitCount
        guard token.hasEscapes else {
            let bytes = unsafe self.bytes(of: token)
            return unsafe bytes.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: count))
        }
        // A byte takes six at most: a long literal is not read for each name anew.
        guard token.count > count, token.count <= 6 &* count else { return false }
        var scanner = self
        return (try? scanner.value(of: token)) == name.description
    }

    /// Reads a literal that is the name of a known type, spelled without escapes; reads nothing for any other value.
    @inline(__always) mutating func consumeKind() -> WorkspaceMessageKind? {
        let start = self.offset &+ 1
        guard self.byte(at: self.offset) == UInt8(ascii: "\""), let block = self.fullStringBlock(at: start) else {
            return nil
        }
        // Names are ASCII: nothing else is equal to one.
        let count = block.stops.trailingZeroBitCount
        guard count <= JSONShortText.capacity, self.byte(at: start &+ count) == UInt8(ascii: "\"") else { return nil }
        guard let kind = WorkspaceMessageKind(self.shortText(at: start, count: count)) else { return nil }
        self.offset = start &+ count &+ 1
        return kind
    }
}
