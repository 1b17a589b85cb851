/// A value read from a JSON object, member by member.
///
/// The rules are those of agentctl's own peers, which read with Go's `encoding/json`: a member that is absent or `null`
/// leaves its field at the zero value, an unknown member is ignored, a member of the wrong type is an error.
/// Of members with the same name the first counts, as in `JSONDecoder`.
protocol JSONReadable {
    /// All fields at zero.
    init()

    /// Asks ``JSONMembers/isNext(_:in:)`` for each field, in agentctl's order, and reads the value if it is.
    ///
    /// One pass reads all members of an object that agentctl wrote: each question is a comparison with constants. It
    /// takes further passes if the members come in another order.
    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure)
}
