import TestSupport

/// A JSON value before it is written as text; members keep their order and may repeat.
indirect enum JSONTree {
    case object([Member])
    case array([JSONTree])
    case string(String)
    /// A number, a literal, or invalid text.
    case raw(String)

    /// A name and its value.
    struct Member {
        var name: String
        var value: JSONTree

        init(_ name: String, _ value: JSONTree) {
            self.name = name
            self.value = value
        }
    }

    /// Writes the value, with whitespace and escapes where the grammar allows them.
    func write(to text: inout String, using random: inout SplitMix64) {
        switch self {
        case .raw(let raw): text += raw
        case .string(let string): Self.write(string, to: &text, using: &random)
        case .array(let elements):
            Self.write("[", elements, "]", to: &text, using: &random) { element, text, random in
                element.write(to: &text, using: &random)
            }
        case .object(let members):
            Self.write("{", members, "}", to: &text, using: &random) { member, text, random in
                Self.write(member.name, to: &text, using: &random)
                text += Self.space(&random) + ":" + Self.space(&random)
                member.value.write(to: &text, using: &random)
            }
        }
    }

    private static func write<Element>(
        _ open: String,
        _ elements: [Element],
        _ close: String,
        to text: inout String,
        using random: inout SplitMix64,
        element: (Element, inout String, inout SplitMix64) -> Void
    ) {
        text += open + Self.space(&random)
        for (index, part) in elements.enumerated() {
            if index > 0 { text += Self.space(&random) + "," + Self.space(&random) }
            element(part, &text, &random)
        }
        text += Self.space(&random) + close
    }

    private static func write(_ string: String, to text: inout String, using random: inout SplitMix64) {
        text += "\""
        for scalar in string.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || Int.random(in: 0..<40, using: &random) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private static func space(_ random: inout SplitMix64) -> String {
        guard Int.random(in: 0..<12, using: &random) == 0 else { return "" }
        return [" ", "\n", "\t\r", "  "].randomElement(using: &random) ?? ""
    }
}
