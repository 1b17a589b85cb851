import MockAgentServer

/// Compares values with a captured one, in which the parts that differ in each run have a name in angle brackets.
///
/// | pattern | what it stands for |
/// |---|---|
/// | `<time>` | a time in the form of RFC 3339 |
/// | `<number>`, `<text>`, `<any>` | any number, text, or value |
/// | `<id:NAME>` | any text; the same one wherever the name occurs |
/// | `<port>` inside of a text | the port of the server |
struct CapturePattern {
    private var names: [String: String] = [:]
    private let port: String

    init(port: Int) { self.port = "\(port)" }

    /// The text with all names replaced by the values that they stand for.
    func filled(_ text: String) -> String {
        var text = text.replacing("<port>", with: self.port)
        for (name, value) in self.names { text = text.replacing("<id:\(name)>", with: value) }
        return text
    }

    /// The value with all names replaced in each of its texts.
    func filled(_ value: MockJSON) -> MockJSON {
        switch value {
        case .string(let text): .string(self.filled(text))
        case .array(let elements): .array(elements.map(self.filled))
        case .object(let members): .object(members.map { MockJSON.Member($0.name, self.filled($0.value)) })
        default: value
        }
    }

    /// - Returns: What differs, with its place; empty if the value fits.
    mutating func differences(_ expected: MockJSON, _ value: MockJSON?, at path: String = "") -> [String] {
        guard let value else { return ["\(path): missing"] }
        switch (expected, value) {
        case (.string(let pattern), _):
            return self.matches(pattern, value) ? [] : ["\(path): \(value) is not \(pattern)"]
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return ["\(path): \(right.count) elements, not \(left.count)"] }
            return left.indices.flatMap { self.differences(left[$0], right[$0], at: "\(path)[\($0)]") }
        case (.object(let left), .object(let right)):
            let missing = left.flatMap { self.differences($0.value, value[$0.name], at: "\(path).\($0.name)") }
            let names = Set(left.map(\.name))
            return missing + right.filter { !names.contains($0.name) }.map { "\(path).\($0.name): \($0.value) is new" }
        default: return expected == value ? [] : ["\(path): \(value) is not \(expected)"]
        }
    }

    private mutating func matches(_ pattern: String, _ value: MockJSON) -> Bool {
        switch pattern {
        case "<any>": return true
        case "<number>":
            if case .number = value { return true }
            return value.integer != nil
        case "<text>": return value.text != nil
        case "<time>": return value.text.map(Self.isTime) ?? false
        default: break
        }
        guard let text = value.text else { return false }
        if pattern.hasPrefix("<id:"), pattern.hasSuffix(">") {
            let name = String(pattern.dropFirst(4).dropLast())
            if self.names[name] == nil { self.names[name] = text }
            return self.names[name] == text
        }
        return self.filled(pattern) == text
    }

    private static func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
    }
}
