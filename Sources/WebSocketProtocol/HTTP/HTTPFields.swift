/// The fields of an HTTP message, in order and with duplicates (RFC 9110 §5.3).
///
/// Names are compared without regard to the case of ASCII letters.
public struct HTTPFields: Sendable, Hashable {
    private var fields: [HTTPField]

    /// Creates an empty list.
    public init() {
        self.fields = []
    }

    /// Adds a field at the end; other fields with the same name stay.
    ///
    /// - Parameters:
    ///   - name: The name of the field.
    ///   - value: Its value; it is checked only before it is sent.
    public mutating func append(name: String, value: String) {
        self.fields.append(HTTPField(name: name, value: value))
    }

    mutating func append(_ field: HTTPField) {
        self.fields.append(field)
    }

    mutating func append(contentsOf other: HTTPFields) {
        self.fields.append(contentsOf: other.fields)
    }

    /// The values of all fields with a name, in order.
    ///
    /// - Parameter name: The name, in any case.
    /// - Returns: One value per field; empty if there is none.
    public func values(for name: String) -> [String] {
        self.fields.lazy.filter { HTTPCharacter.equalIgnoringCase($0.name, name) }.map(\.value)
    }

    /// The value of the first field with a name.
    ///
    /// - Parameter name: The name, in any case.
    /// - Returns: The value, or nil if there is no such field.
    public func first(_ name: String) -> String? {
        self.fields.first { HTTPCharacter.equalIgnoringCase($0.name, name) }?.value
    }

    /// Whether there is a field with a name.
    ///
    /// - Parameter name: The name, in any case.
    /// - Returns: True if there is at least one.
    public func contains(_ name: String) -> Bool {
        self.fields.contains { HTTPCharacter.equalIgnoringCase($0.name, name) }
    }

    /// Checks fields before we send them.
    ///
    /// - Throws: ``HandshakeError/Code/invalidField`` for the first illegal name or value.
    package func validate() throws(HandshakeError) {
        for field in self.fields {
            try field.validate()
        }
    }

    /// Checks fields that a caller adds to our request.
    ///
    /// - Throws: ``HandshakeError/Code/invalidField`` for an illegal name or value, and for a field of the handshake.
    package func validateAsAdditions() throws(HandshakeError) {
        try self.validate()
        for field in self.fields {
            try HandshakeFieldNames.checkNotReserved(field.name)
        }
    }

    /// Writes `name: value` CRLF for each field, and the blank line that ends a head.
    func serialize(into bytes: inout [UInt8]) {
        for field in self.fields {
            bytes += field.name.utf8
            bytes += ": ".utf8
            bytes += field.value.utf8
            bytes += "\r\n".utf8
        }
        bytes += "\r\n".utf8
    }
}

extension HTTPFields: RandomAccessCollection {
    /// The position of the first field.
    public var startIndex: Int { 0 }

    /// The position after the last field.
    public var endIndex: Int { self.fields.count }

    /// The field at a position.
    ///
    /// - Parameter position: A valid index.
    /// - Returns: The field.
    public subscript(position: Int) -> HTTPField { self.fields[position] }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
    /// Creates a list from a literal, keeping its order and duplicates.
    ///
    /// - Parameter elements: Names and values.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.fields = elements.map { HTTPField(name: $0.0, value: $0.1) }
    }
}
