/// One step of one actor.
struct ModelMove: CustomStringConvertible {
    let name: StaticString
    /// The index of the opener, stream or closer.
    let index: Int
    /// Whether the step happens in any case, even if the users, the server and the network do nothing.
    let isObliged: Bool

    init(_ name: StaticString, _ index: Int, isObliged: Bool = true) {
        (self.name, self.index, self.isObliged) = (name, index, isObliged)
    }

    var description: String { "\(self.name) \(self.index)" }
}
