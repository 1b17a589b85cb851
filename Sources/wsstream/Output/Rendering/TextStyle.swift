/// The style of a text on a terminal: the parameters of one SGR sequence (ECMA-48 §8.3.117).
struct TextStyle: Sendable, Hashable {
    let parameters: StaticString

    static let dim = Self("2")
    static let bold = Self("1")
    static let red = Self("31")
    static let green = Self("32")
    static let yellow = Self("33")
    static let blue = Self("34")
    static let magenta = Self("35")
    static let cyan = Self("36")

    private init(_ parameters: StaticString) { self.parameters = parameters }

    static func == (left: Self, right: Self) -> Bool { left.parameters.description == right.parameters.description }

    func hash(into hasher: inout Hasher) { hasher.combine(self.parameters.description) }
}
