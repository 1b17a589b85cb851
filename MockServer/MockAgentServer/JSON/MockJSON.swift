/// A JSON value of the mock server; the members of an object keep their order.
///
/// ```swift
/// let event: MockJSON = ["type": "message_chunk", "text": "Hello "]
/// ```
///
/// Two objects are equal only if their members have the same order; see ``sorted``.
@nonexhaustive public indirect enum MockJSON: Sendable, Hashable {
    /// One member of an object.
    public struct Member: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The value.
        public var value: MockJSON

        /// Creates a member.
        ///
        /// - Parameters:
        ///   - name: The name.
        ///   - value: The value.
        public init(_ name: String, _ value: MockJSON) { (self.name, self.value) = (name, value) }
    }

    /// The value `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent that fits in 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([MockJSON])
    /// An object; if a name occurs twice, the last one counts.
    case object([Member])

    /// The value of a member; nil if there is none, or if this is not an object.
    public subscript(name: String) -> MockJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string; otherwise nil.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of an integer; otherwise nil.
    public var integer: Int? {
        if case .integer(let value) = self { Int(exactly: value) } else { nil }
    }

    /// The elements of an array; otherwise nil.
    public var elements: [MockJSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object; otherwise nil.
    public var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The same value with the members of every object sorted by name: equal for equal values in any order.
    public var sorted: MockJSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let members):
            .object(members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
        default: self
        }
    }

    /// The object with a member set, at the end if it is new.
    ///
    /// Any other value is returned unchanged.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value; nil changes nothing.
    /// - Returns: The changed object.
    public func setting(_ name: String, _ value: MockJSON?) -> MockJSON {
        guard let value, case .object(var members) = self else { return self }
        if let index = members.lastIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append(Member(name, value))
        }
        return .object(members)
    }

    /// The value for an error message, shortened and on one line.
    var excerpt: String {
        let text =
            switch self {
            case .null: "null"
            case .bool(let value): "\(value)"
            case .integer(let value): "\(value)"
            case .number(let value): "\(value)"
            case .string(let value): "\"\(value)\""
            case .array: "an array"
            case .object: "an object"
            }
        return text.count <= 40 ? text : "\(text.prefix(40))…"
    }
}

// There is no literal for `null`: `nil` must always mean that there is no value.
extension MockJSON: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// Creates a boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Creates an integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Creates a number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// Creates a string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Creates an array.
    public init(arrayLiteral elements: MockJSON...) { self = .array(elements) }
    /// Creates an object with the members in this order.
    public init(dictionaryLiteral elements: (String, MockJSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
