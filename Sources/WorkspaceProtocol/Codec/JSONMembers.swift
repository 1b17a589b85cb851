/// The members of one object met so far.
struct JSONMembers<Field: JSONName> {
    /// One bit for each field that was met.
    private var met: UInt32 = 0

    /// The raw value of the member that is due.
    var expected: UInt8 = 0

    /// Reads a key and the colon behind it.
    ///
    /// - Returns: The field that the key names; `nil` if the name is unknown, or was met before.
    @inline(__always) mutating func next(in scanner: inout JSONScanner) throws(JSONFailure) -> Field? {
        var name = self.guess(in: &scanner)
        if name == nil { name = try scanner.name(try scanner.key(), from: self.expected) }
        guard let field = name else { return nil }
        let bit: UInt32 = 1 &<< UInt32(field.rawValue)
        guard self.met & bit == 0 else { return nil }
        self.met |= bit
        self.expected = field.rawValue &+ 1
        return field
    }

    /// Compares with the name that is due, which saves looking for the end of the key.
    @inline(__always) private func guess(in scanner: inout JSONScanner) -> Field? {
        guard let field = Field(rawValue: self.expected), scanner.consumeKey(field.name) else { return nil }
        return field
    }
}
