/// A member of an object that this library knows.
struct JSONField {
    /// Its place among the fields of the object; below 32.
    let index: UInt8

    /// The name on the wire; ASCII without quotes, backslashes or control characters.
    let name: StaticString

    @inline(__always) init(_ index: UInt8, _ name: StaticString) {
        self.index = index
        self.name = name
    }
}
