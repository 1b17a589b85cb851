/// A recursive-descent parser of one `Sec-WebSocket-Extensions` value (RFC 6455 §9.1).
///
/// ```
/// extension-list  = 1#extension
/// extension       = extension-token *( ";" extension-param )
/// extension-param = token [ "=" ( token / quoted-string ) ]
/// ```
/// The position only moves forward, so the work is linear in the length of the value.
struct ExtensionHeaderParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ value: String) {
        self.bytes = Array(value.utf8)
    }

    /// Parses all extensions of the value; the result is empty if it has only commas and whitespace.
    mutating func parse() throws(HandshakeError) -> [ExtensionHeader.Element] {
        var elements: [ExtensionHeader.Element] = []
        repeat {
            self.skipWhitespace()
            if self.position == self.bytes.count || self.isNext(HTTPCharacter.comma) { continue }
            elements.append(try self.parseElement())
        } while self.take(HTTPCharacter.comma)
        guard self.position == self.bytes.count else {
            throw self.malformed("has \(Excerpt(byte: self.bytes[self.position])) at byte \(self.position)")
        }
        return elements
    }

    private mutating func parseElement() throws(HandshakeError) -> ExtensionHeader.Element {
        let name = try self.parseToken()
        var parameters: [ExtensionHeader.Parameter] = []
        self.skipWhitespace()
        while self.take(HTTPCharacter.semicolon) {
            self.skipWhitespace()
            parameters.append(try self.parseParameter())
            self.skipWhitespace()
        }
        return ExtensionHeader.Element(name: name, parameters: parameters)
    }

    private mutating func parseParameter() throws(HandshakeError) -> ExtensionHeader.Parameter {
        let name = try self.parseToken()
        self.skipWhitespace()
        guard self.take(HTTPCharacter.equals) else { return ExtensionHeader.Parameter(name: name) }
        self.skipWhitespace()
        let value = self.isNext(HTTPCharacter.quote) ? try self.parseQuotedToken() : try self.parseToken()
        return ExtensionHeader.Parameter(name: name, value: value)
    }

    private mutating func parseToken() throws(HandshakeError) -> String {
        let start = self.position
        while self.position < self.bytes.count, HTTPCharacter.isToken(self.bytes[self.position]) {
            self.position += 1
        }
        guard self.position > start else { throw self.malformed("has no token at byte \(start)") }
        return String(decoding: self.bytes[start..<self.position], as: UTF8.self)
    }

    /// Parses a quoted value, which must be a token after unescaping (RFC 6455 §9.1).
    private mutating func parseQuotedToken() throws(HandshakeError) -> String {
        let start = self.position
        self.position += 1
        var unquoted: [UInt8] = []
        while !self.take(HTTPCharacter.quote) {
            _ = self.take(HTTPCharacter.backslash)
            guard self.position < self.bytes.count else {
                throw self.malformed("has a quoted string without an end, from byte \(start)")
            }
            unquoted.append(self.bytes[self.position])
            self.position += 1
        }
        guard !unquoted.isEmpty, unquoted.allSatisfy(HTTPCharacter.isToken) else {
            throw self.malformed("has a quoted value at byte \(start) that is not a token")
        }
        return String(decoding: unquoted, as: UTF8.self)
    }

    private mutating func skipWhitespace() {
        while self.position < self.bytes.count, HTTPCharacter.isWhitespace(self.bytes[self.position]) {
            self.position += 1
        }
    }

    private func isNext(_ byte: UInt8) -> Bool {
        self.position < self.bytes.count && self.bytes[self.position] == byte
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.isNext(byte) else { return false }
        self.position += 1
        return true
    }

    private func malformed(_ problem: String) -> HandshakeError {
        HandshakeError(.invalidExtension, "Sec-WebSocket-Extensions \(Excerpt(self.bytes)) \(problem).")
    }
}
