/// The fields the handshake writes itself, or that would give a handshake message a body.
enum HandshakeFieldNames {
    private static let reserved = [
        "Host", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding", "Origin",
    ]
    private static let reservedPrefix = "Sec-WebSocket-"

    /// Refuses a custom field that would repeat or contradict one of the handshake.
    ///
    /// - Throws: ``HandshakeError/Code/invalidField``.
    static func checkNotReserved(_ name: String) throws(HandshakeError) {
        let isReserved = self.reserved.contains { HTTPCharacter.equalIgnoringCase($0, name) }
        let prefix = String(decoding: name.utf8.prefix(self.reservedPrefix.utf8.count), as: UTF8.self)
        guard !isReserved, !HTTPCharacter.equalIgnoringCase(prefix, self.reservedPrefix) else {
            throw HandshakeError(
                .invalidField,
                "The field \(name) belongs to the handshake; set the property that is made for it, or leave it out."
            )
        }
    }
}
