/// One field of an HTTP message: a name and a value (RFC 9110 §5).
///
/// The initializer checks nothing; fields are checked before they are sent.
public struct HTTPField: Sendable, Hashable {
    /// The name, in its original case; compared without regard to case.
    public let name: String

    /// The value without the whitespace around it.
    ///
    /// In a received value, bytes that are not UTF-8 become U+FFFD.
    public let value: String

    /// Creates a field.
    ///
    /// - Parameters:
    ///   - name: A token of RFC 9110 §5.6.2, such as `Authorization`.
    ///   - value: Printable ASCII, spaces and tabs.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension HTTPField {
    /// Checks a field before we send it.
    ///
    /// The value is not quoted in the message: it may be a secret.
    ///
    /// - Throws: ``HandshakeError/Code/invalidField`` if the name is not a token, or the value holds CR, LF, NUL,
    ///   another control character or anything beyond ASCII.
    package func validate() throws(HandshakeError) {
        guard HTTPCharacter.isToken(self.name) else {
            throw HandshakeError(.invalidField, "The field name \(Excerpt(self.name)) is not an RFC 9110 token.")
        }
        let illegal = self.value.utf8.enumerated().first { !HTTPCharacter.isSendable($0.element) }
        guard let illegal else { return }
        throw HandshakeError(
            .invalidField,
            """
            The value of \(self.name) holds \(Excerpt(byte: illegal.element)) at byte \(illegal.offset); \
            only printable ASCII, spaces and tabs can be sent.
            """
        )
    }

    /// Parses a field line without its CRLF (RFC 9112 §5).
    ///
    /// - Parameters:
    ///   - line: The line, unfolded.
    ///   - isLenient: Whether whitespace before the colon is dropped, as in a response.
    /// - Throws: ``HandshakeError/Code/malformedMessage`` for a line that begins with whitespace, a missing colon, an
    ///   empty or illegal name, or whitespace before the colon. Attackers have used each of them to smuggle requests.
    init(parsing line: [UInt8], leniently isLenient: Bool = false) throws(HandshakeError) {
        if let first = line.first, HTTPCharacter.isWhitespace(first) {
            // RFC 9112 §5.2: obs-fold.
            throw Self.malformed("The field line \(Excerpt(line)) starts with whitespace; no folded line belongs here.")
        }
        guard let colon = line.firstIndex(of: HTTPCharacter.colon) else {
            throw Self.malformed("The field line \(Excerpt(line)) has no colon.")
        }
        let name = isLenient ? Self.trimmed(line[..<colon]) : line[..<colon]
        guard let last = name.last else { throw Self.malformed("The field line \(Excerpt(line)) has an empty name.") }
        guard !HTTPCharacter.isWhitespace(last) else {
            throw Self.malformed("The field name \(Excerpt(name)) is followed by whitespace before the colon.")
        }
        guard name.allSatisfy(HTTPCharacter.isToken) else {
            throw Self.malformed("The field name \(Excerpt(name)) is not an RFC 9110 token.")
        }
        self.name = String(decoding: name, as: UTF8.self)
        self.value = String(decoding: Self.trimmed(line[(colon + 1)...]), as: UTF8.self)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = bytes.drop(while: HTTPCharacter.isWhitespace)
        guard let end = start.lastIndex(where: { !HTTPCharacter.isWhitespace($0) }) else { return [] }
        return start[...end]
    }

    private static func malformed(_ message: String) -> HandshakeError {
        HandshakeError(.malformedMessage, message)
    }
}
