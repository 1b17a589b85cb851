/// The members of one object met so far.
struct JSONMembers<Field: JSONName> {
    /// One bit for each field that was claimed.
    private var claimed: UInt32 = 0

    /// Where to look first: behind the member before this one.
    private var expected: UInt8 = 0

    /// The field that `key` names; `nil` if the name is unknown, or was met before.
    @inline(__always) mutating func claim(
        _ key: JSONStringToken,
        in scanner: JSONScanner
    ) throws(JSONFailure) -> Field? {
        guard let field: Field = try scanner.name(key, from: self.expected) else { return nil }
        let bit: UInt32 = 1 &<< UInt32(field.rawValue)
        guard self.claimed & bit == 0 else { return nil }
        self.claimed |= bit
        self.expected = field.rawValue &+ 1
        return field
    }
}
