/// A closed set of names that appear on the wire: the members of an object, or the known message types.
///
/// The raw values are 0, 1, 2… in the order in which agentctl writes the members, so the next name is usually the
/// successor of the one before it.
protocol JSONName: RawRepresentable<UInt8> {
    /// The name on the wire; ASCII without quotes, backslashes or control characters.
    var name: StaticString { get }
}
