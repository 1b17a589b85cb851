/// The text of one JSON value, exactly as it was sent.
///
/// It is used where agentctl passes on what an agent or a model said, so the members are not known. The text is valid
/// JSON (RFC 8259), without whitespace around it. You can look into it with the subscripts, or read it with any JSON
/// library. Two values are equal if their texts are equal.
public struct RawJSON: Sendable, Hashable, CustomStringConvertible {
    /// The text, of any length.
    public let text: String

    /// Keeps a text that was checked.
    init(checked text: String) { self.text = text }

    /// Creates a value of its text.
    ///
    /// - Parameter text: One JSON value; whitespace around it is removed.
    /// - Throws: ``WorkspaceProtocolError`` if it is not JSON; its offset is that of the text.
    public init(_ text: String) throws(WorkspaceProtocolError) {
        var text = text
        let result = text.withUTF8 { bytes in
            Result { () throws(JSONFailure) -> RawJSON in
                var scanner = unsafe JSONScanner(UnsafeRawBufferPointer(bytes), isKnownUTF8: true)
                scanner.skipWhitespace()
                let value = try scanner.rawJSON()
                try scanner.finish()
                return value
            }
        }
        do {
            self = try result.get()
        } catch {
            throw WorkspaceProtocolError(error)
        }
    }

    /// Creates a JSON string.
    ///
    /// - Parameter string: The value of the string.
    /// - Returns: The string with quotes and escapes.
    public static func string(_ string: String) -> Self {
        var writer = JSONWriter(bytes: [])
        writer.string(string)
        return Self(checked: String(decoding: writer.bytes, as: UTF8.self))
    }

    /// `null`.
    public static let null = Self(checked: "null")

    /// An object without members.
    public static let emptyObject = Self(checked: "{}")

    /// The text.
    public var description: String { self.text }
}

// Looks into a value.
extension RawJSON {
    /// Whether it is `null`.
    public var isNull: Bool { self.text == "null" }

    /// The value of a string; nil for any other value.
    public var string: String? { self.read { scanner throws(JSONFailure) in try scanner.string() } }

    /// The value of a number that is an integer of 64 bits; nil for any other value.
    public var integer: Int64? { self.read { scanner throws(JSONFailure) in try scanner.integer() } }

    /// The value of a number, rounded to the nearest `Double`; nil for any other value.
    public var number: Double? {
        let isNumber: Void? = self.read { scanner throws(JSONFailure) in try scanner.skipNumber() }
        return isNumber.flatMap { Double(self.text) }
    }

    /// The value of `true` or `false`; nil for any other value.
    public var bool: Bool? { self.read { scanner throws(JSONFailure) in try scanner.bool() } }

    /// The elements of an array; nil for any other value.
    public var elements: [RawJSON]? {
        self.read { scanner throws(JSONFailure) in
            guard scanner.byte(at: scanner.offset) == UInt8(ascii: "[") else { throw scanner.unexpectedType() }
            try scanner.enterContainer()
            var elements: [RawJSON] = []
            guard !scanner.consume(UInt8(ascii: "]")) else { return elements }
            repeat { elements.append(try scanner.rawJSON()) } while try scanner.hasNext(before: UInt8(ascii: "]"))
            return elements
        }
    }

    /// The member of an object; nil if there is none, and for any other value.
    ///
    /// It reads the text up to the member, in linear time. If a name is repeated, the first member counts.
    ///
    /// - Parameter name: The name of the member.
    public subscript(_ name: String) -> RawJSON? {
        let found: RawJSON?? = self.read { scanner throws(JSONFailure) in
            guard try scanner.openObject() else { return nil }
            repeat {
                let key = try scanner.key()
                guard try scanner.value(of: key) == name else {
                    try scanner.skipValue()
                    continue
                }
                return try scanner.rawJSON()
            } while try scanner.hasNext(before: UInt8(ascii: "}"))
            return nil
        }
        return found ?? nil
    }

    /// Reads the text; nil if the value has another type.
    private func read<Value>(_ body: (inout JSONScanner) throws(JSONFailure) -> Value) -> Value? {
        var text = self.text
        return text.withUTF8 { bytes in
            var scanner = unsafe JSONScanner(UnsafeRawBufferPointer(bytes), isKnownUTF8: true)
            return try? body(&scanner)
        }
    }

    /// Reads the text as an object whose members are known; `null` is an object without members.
    func object<Value: JSONReadable>(as _: Value.Type) throws(WorkspaceProtocolError) -> Value {
        guard !self.isNull else { return Value() }
        var text = self.text
        let result = text.withUTF8 { bytes in
            Result { () throws(JSONFailure) -> Value in
                var scanner = unsafe JSONScanner(UnsafeRawBufferPointer(bytes), isKnownUTF8: true)
                return try scanner.object()
            }
        }
        do {
            return try result.get()
        } catch {
            throw WorkspaceProtocolError(error)
        }
    }
}
