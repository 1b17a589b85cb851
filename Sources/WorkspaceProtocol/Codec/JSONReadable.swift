/// A value read from a JSON object, member by member.
///
/// The rules are those of agentctl's other clients, which use Go's `encoding/json`. A member that is absent or `null`
/// leaves its field at the zero value. An unknown member is ignored. A member of the wrong type is an error. If several
/// members have the same name, the first one counts, as in `JSONDecoder`.
protocol JSONReadable {
    /// All fields at zero.
    init()

    /// Asks ``JSONMembers/isNext(_:in:)`` for each field, in agentctl's order, and reads the value if the answer is
    /// true.
    ///
    /// For an object that agentctl wrote, one pass reads all members, and each question is a comparison with constants.
    /// If the members come in another order, more passes follow.
    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure)
}
