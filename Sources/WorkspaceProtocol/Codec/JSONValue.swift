/// Any JSON value (RFC 8259), as a tree.
///
/// Used where agentctl sends members that this version does not know, and where it sends values of its own choice.
public enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number that is an integer of 64 bits, in any spelling: `1.0` is 1.
    case integer(Int64)
    /// Any other number, as the nearest `Double`.
    case number(Double)
    /// A text.
    case string(String)
    /// Values in their order.
    indirect case array([JSONValue])
    /// Values by name; the order of the members is not kept.
    indirect case object([String: JSONValue])
}

extension JSONValue: Codable {
    /// Reads any value.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` for a number that no `Double` can hold, such as `1e999`.
    public init(from decoder: any Decoder) throws {
        if var elements = try? decoder.unkeyedContainer() {
            var array: [JSONValue] = []
            while !elements.isAtEnd { array.append(try elements.decode(JSONValue.self)) }
            self = .array(array)
        } else if let members = try? decoder.container(keyedBy: BodyMember.self) {
            var object: [String: JSONValue] = [:]
            for key in members.allKeys { object[key.stringValue] = try members.decode(JSONValue.self, forKey: key) }
            self = .object(object)
        } else {
            self = try Self.scalar(try decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> Self {
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode(String.self) { return .string(value) }
        if let value = try? container.decode(Int64.self) { return .integer(value) }
        return .number(try container.decode(Double.self))
    }

    /// Writes the value.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: `EncodingError` for a number that JSON can't hold: infinite, or not a number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
