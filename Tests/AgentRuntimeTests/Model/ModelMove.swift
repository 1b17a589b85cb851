/// One step of one actor.
struct ModelMove: CustomStringConvertible {
    let name: StaticString
    /// Which opener, stream or closer.
    let index: Int
    /// Whether it comes for sure, whatever the users, the server and the network do.
    let isObliged: Bool

    init(_ name: StaticString, _ index: Int, isObliged: Bool = true) {
        (self.name, self.index, self.isObliged) = (name, index, isObliged)
    }

    var description: String { "\(self.name) \(self.index)" }
}
