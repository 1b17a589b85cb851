/// Why a text is not JSON, in the words of Go's decoder, which agentctl repeats in its answers.
struct MockJSONFailure: Error, Hashable, CustomStringConvertible {
    var description: String
}

extension MockJSON {
    /// Reads one JSON text in UTF-8.
    init(parsing bytes: some Sequence<UInt8>) throws(MockJSONFailure) {
        var parser = MockJSONParser(Array(bytes))
        self = try parser.document()
    }
}

/// Reads a JSON text into a value (RFC 8259).
struct MockJSONParser {
    /// Deeper texts are refused, so that a text can't use up the stack.
    private static let maximumDepth = 512

    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(MockJSONFailure) -> MockJSON {
        self.skipSpaces()
        guard self.index < self.bytes.count else { throw MockJSONFailure(description: "EOF") }
        let value = try self.value(depth: 0)
        self.skipSpaces()
        guard self.index == self.bytes.count else { throw self.unexpected("after top-level value") }
        return value
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(MockJSONFailure) -> MockJSON {
        guard depth < Self.maximumDepth else { throw MockJSONFailure(description: "exceeded max depth") }
        switch self.peek() {
        case UInt8(ascii: "{"): return try self.object(depth: depth + 1)
        case UInt8(ascii: "["): return try self.array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.literal("true", .bool(true))
        case UInt8(ascii: "f"): return try self.literal("false", .bool(false))
        case UInt8(ascii: "n"): return try self.literal("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try self.number()
        default: throw self.unexpected("looking for beginning of value")
        }
    }

    private mutating func object(depth: Int) throws(MockJSONFailure) -> MockJSON {
        var members: [MockJSON.Member] = []
        self.index += 1
        self.skipSpaces()
        if self.take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            guard self.peek() == UInt8(ascii: "\"") else {
                throw self.unexpected("looking for beginning of object key string")
            }
            let name = try self.string()
            self.skipSpaces()
            guard self.take(UInt8(ascii: ":")) else { throw self.unexpected("after object key") }
            self.skipSpaces()
            members.append(MockJSON.Member(name, try self.value(depth: depth)))
            self.skipSpaces()
            if self.take(UInt8(ascii: "}")) { return .object(members) }
            guard self.take(UInt8(ascii: ",")) else { throw self.unexpected("after object key:value pair") }
            self.skipSpaces()
        }
    }

    private mutating func array(depth: Int) throws(MockJSONFailure) -> MockJSON {
        var elements: [MockJSON] = []
        self.index += 1
        self.skipSpaces()
        if self.take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try self.value(depth: depth))
            self.skipSpaces()
            if self.take(UInt8(ascii: "]")) { return .array(elements) }
            guard self.take(UInt8(ascii: ",")) else { throw self.unexpected("after array element") }
            self.skipSpaces()
        }
    }

    private mutating func literal(_ text: String, _ value: MockJSON) throws(MockJSONFailure) -> MockJSON {
        for byte in text.utf8 {
            guard self.take(byte) else { throw self.unexpected("in literal \(text)") }
        }
        return value
    }

    private mutating func number() throws(MockJSONFailure) -> MockJSON {
        let start = self.index
        _ = self.take(UInt8(ascii: "-"))
        if !self.take(UInt8(ascii: "0")) { try self.digits() }
        let isWhole =
            self.peek() != UInt8(ascii: ".") && self.peek() != UInt8(ascii: "e")
            && self.peek() != UInt8(ascii: "E")
        if self.take(UInt8(ascii: ".")) { try self.digits() }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            try self.digits()
        }
        let text = String(decoding: self.bytes[start..<self.index], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw MockJSONFailure(description: "number \(text) out of range")
        }
        return .number(value)
    }

    private mutating func digits() throws(MockJSONFailure) {
        let start = self.index
        while let byte = self.peek(), Self.isDigit(byte) { self.index += 1 }
        guard self.index > start else { throw self.unexpected("in numeric literal") }
    }

    // MARK: Strings

    private mutating func string() throws(MockJSONFailure) -> String {
        self.index += 1
        var text: [UInt8] = []
        while let byte = self.peek() {
            switch byte {
            case UInt8(ascii: "\""):
                self.index += 1
                // Bytes that are not UTF-8 become U+FFFD, as in Go.
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                self.index += 1
                text += String(try self.escape()).utf8
            case 0..<0x20: throw self.unexpected("in string literal")
            default:
                self.index += 1
                text.append(byte)
            }
        }
        throw self.unexpected("in string literal")
    }

    private mutating func escape() throws(MockJSONFailure) -> Unicode.Scalar {
        guard let byte = self.peek() else { throw self.unexpected("in string escape code") }
        self.index += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): return try self.unicodeEscape()
        default:
            self.index -= 1
            throw self.unexpected("in string escape code")
        }
    }

    /// A `\u` escape and, after the first half of a surrogate pair, the second one; a lone half becomes U+FFFD.
    private mutating func unicodeEscape() throws(MockJSONFailure) -> Unicode.Scalar {
        let first = try self.hexadecimal()
        guard UTF16.isLeadSurrogate(first), self.bytes[self.index...].starts(with: "\\u".utf8) else {
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        }
        let place = self.index
        self.index += 2
        let second = try self.hexadecimal()
        guard UTF16.isTrailSurrogate(second) else {
            self.index = place
            return "\u{FFFD}"
        }
        let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(MockJSONFailure) -> UInt16 {
        let digits = self.bytes[self.index...].prefix(4)
        guard digits.count == 4, let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw self.unexpected("in \\u hexadecimal character escape")
        }
        self.index += 4
        return value
    }

    // MARK: Bytes

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private func peek() -> UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.peek() == byte else { return false }
        self.index += 1
        return true
    }

    private mutating func skipSpaces() {
        while let byte = self.peek(), byte == 0x20 || (0x9...0xA).contains(byte) || byte == 0xD { self.index += 1 }
    }

    private func unexpected(_ place: String) -> MockJSONFailure {
        guard let byte = self.peek() else { return MockJSONFailure(description: "unexpected end of JSON input") }
        let character =
            switch byte {
            case UInt8(ascii: "'"): "'\\''"
            case 0x20..<0x7F: "'\(Unicode.Scalar(byte))'"
            default: "'\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))'"
            }
        return MockJSONFailure(description: "invalid character \(character) \(place)")
    }
}
