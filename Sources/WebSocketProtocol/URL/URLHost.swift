/// The rules for the host of a URL (RFC 3986 §3.2.2), without percent-encoding and zone identifiers.
enum URLHost {
    /// The longest DNS name in text form.
    private static let maximumBytes = 253

    /// Checks a host; the result is in lower case and without brackets.
    ///
    /// - Throws: ``HandshakeError/Code/invalidURL``.
    static func validated(_ host: String) throws(HandshakeError) -> String {
        let bytes = host.utf8.map(HTTPCharacter.lowercased)
        guard !bytes.isEmpty else { throw HandshakeError(.invalidURL, "The host is empty.") }
        if bytes.contains(HTTPCharacter.colon) || bytes.first == UInt8(ascii: "[") {
            return try self.validatedAddress(bytes)
        }
        if let byte = bytes.first(where: { !self.isNameCharacter($0) }) {
            throw HandshakeError(
                .invalidURL,
                "The host \(Excerpt(host)) holds \(Excerpt(byte: byte)); names beyond ASCII are written in Punycode."
            )
        }
        guard bytes.count <= self.maximumBytes else {
            throw HandshakeError(.invalidURL, "The host has \(bytes.count) bytes; at most \(self.maximumBytes) can be.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a `Host` field may contain the byte: it has a name, or an address in brackets, and a port.
    static func isAuthorityCharacter(_ byte: UInt8) -> Bool {
        self.isNameCharacter(byte) || byte == HTTPCharacter.colon || byte == UInt8(ascii: "[")
            || byte == UInt8(ascii: "]")
    }

    /// Whether the byte is unreserved (RFC 3986 §2.3): letters, digits and `-._~`.
    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        HTTPCharacter.isLetter(byte) || HTTPCharacter.isDigit(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }

    private static func validatedAddress(_ bytes: [UInt8]) throws(HandshakeError) -> String {
        let isBracketed = bytes.first == UInt8(ascii: "[") && bytes.last == UInt8(ascii: "]")
        let address = isBracketed ? bytes.dropFirst().dropLast() : bytes[...]
        guard IPv6Address.isValid(address) else {
            let remedy = address.contains(UInt8(ascii: "%")) ? "; zone identifiers are not supported" : ""
            throw HandshakeError(.invalidURL, "The host \(Excerpt(bytes)) is not an IPv6 address\(remedy).")
        }
        return String(decoding: address, as: UTF8.self)
    }
}
