extension JSONScanner {
    /// The kind of message that a literal names, which is validated; `nil` if it is unknown.
    func kind(_ token: JSONStringToken) throws(JSONFailure) -> WorkspaceMessageKind? {
        try self.validate(token)
        return WorkspaceMessageKind.allCases.first { self.isName($0.name, token) }
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
        return (try? self.value(of: token)) == name.description
    }

    /// Reads a literal that is the name of a known type, spelled without escapes; reads nothing for any other value.
    @inline(__always) mutating func consumeKind() -> WorkspaceMessageKind? {
        guard let (text, count) = self.shortText(at: self.offset), let kind = WorkspaceMessageKind(text) else {
            return nil
        }
        self.offset &+= count &+ 2
        return kind
    }
}
