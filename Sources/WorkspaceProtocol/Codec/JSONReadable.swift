/// A value read from a JSON object, member by member.
///
/// The rules are those of agentctl's own peers, which read with Go's `encoding/json`: a member that is absent or `null`
/// leaves its field at the zero value, an unknown member is ignored, a member of the wrong type is an error.
/// Of members with the same name the first counts, as in `JSONDecoder`.
protocol JSONReadable {
    /// The members this type knows.
    associatedtype Field: JSONName

    /// Reads the value of one member, which is not `null`.
    mutating func read(_ field: Field, from scanner: inout JSONScanner) throws(JSONFailure)

    /// The raw value of the member that usually follows `field`: a guess that saves time, and no more.
    func memberExpected(after field: Field) -> UInt8
}

extension JSONReadable {
    @inline(__always) func memberExpected(after field: Field) -> UInt8 { field.rawValue &+ 1 }
}
