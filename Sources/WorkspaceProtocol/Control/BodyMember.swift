/// The name of a member of a body, known or not.
struct BodyMember: CodingKey {
    let stringValue: String

    init(stringValue: String) { self.stringValue = stringValue }

    init(_ name: String) { self.stringValue = name }

    // A body is an object: it has names only.
    var intValue: Int? { nil }

    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer {
    /// Reads a member; one that is absent or `null` has the zero value, as in Go's `encoding/json`.
    func value<Value: Decodable>(_ key: Key, or zero: Value) throws -> Value {
        try self.decodeIfPresent(Value.self, forKey: key) ?? zero
    }

    /// Reads a text; an absent one is empty.
    func text(_ key: Key) throws -> String { try self.value(key, or: "") }

    /// Reads a text that is never empty on the wire: an absent or empty one is `nil`.
    func textIfAny(_ key: Key) throws -> String? {
        try self.decodeIfPresent(String.self, forKey: key).flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Decoder {
    /// The members of an object that are not among the known ones.
    ///
    /// A member is left out if it can't be read, for example because it is a number beyond all bounds: a member that
    /// nobody knows must not make an answer unreadable.
    func unknownMembers<Known: CodingKey & CaseIterable>(_ known: Known.Type) throws -> [String: JSONValue] {
        let names = Set(known.allCases.map(\.stringValue))
        let members = try self.container(keyedBy: BodyMember.self)
        return members.allKeys.reduce(into: [:]) { unknown, key in
            guard !names.contains(key.stringValue) else { return }
            unknown[key.stringValue] = try? members.decode(JSONValue.self, forKey: key)
        }
    }
}

extension Encoder {
    /// Adds members to an object, beside those that are known.
    func encode(unknownMembers: [String: JSONValue]) throws {
        guard !unknownMembers.isEmpty else { return }
        var members = self.container(keyedBy: BodyMember.self)
        for (name, value) in unknownMembers { try members.encode(value, forKey: BodyMember(name)) }
    }
}
