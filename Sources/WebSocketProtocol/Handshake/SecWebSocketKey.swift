/// The value of `Sec-WebSocket-Key`: 16 bytes in base64 (RFC 6455 §4.1, 11.3.1).
package struct SecWebSocketKey: Sendable, Hashable {
    /// RFC 6455 §1.3.
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The text of the field, 24 characters.
    package let value: String

    /// Creates the key of a new handshake.
    ///
    /// - Parameter randomBytes: Fresh random bytes, different for each connection.
    package init(randomBytes: InlineArray<16, UInt8>) {
        self.value = Base64.encoded(randomBytes.indices.map { randomBytes[$0] })
    }

    /// Checks the key of a client.
    ///
    /// 16 bytes are 22 characters and two of padding. The low four bits of the last character are not used. RFC 4648
    /// §3.5 lets a decoder accept or refuse values other than zero there; we accept them.
    ///
    /// - Parameter value: The value of the field.
    /// - Throws: ``HandshakeError/Code/invalidKey``.
    package init(validating value: String) throws(HandshakeError) {
        let bytes = Array(value.utf8)
        guard bytes.count == 24, bytes.prefix(22).allSatisfy(Base64.isAlphabet),
            bytes[22...] == [HTTPCharacter.equals, HTTPCharacter.equals]
        else {
            throw HandshakeError(.invalidKey, "Sec-WebSocket-Key \(Excerpt(value)) is not the base64 of 16 bytes.")
        }
        self.value = value
    }

    /// The value of `Sec-WebSocket-Accept` that answers this key (RFC 6455 §4.2.2).
    package var acceptValue: String {
        Base64.encoded(SHA1.digest(of: Array((self.value + Self.guid).utf8)))
    }
}
