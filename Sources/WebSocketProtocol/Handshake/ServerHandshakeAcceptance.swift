/// A request that opens a WebSocket, and the response to it.
package struct ServerHandshakeAcceptance: Sendable, Hashable {
    /// The selected subprotocol, or nil if there is none.
    package let subprotocol: String?

    /// The extensions that the client offers, in its order.
    ///
    /// An extension is accepted only if it is given to ``response(acceptedExtensions:)``.
    package let offeredExtensions: [ExtensionHeader.Element]

    private let key: SecWebSocketKey
    private let fields: HTTPFields

    /// Creates an acceptance; the added fields are legal and are not fields of the handshake.
    init(
        key: SecWebSocketKey,
        subprotocol: String?,
        offeredExtensions: [ExtensionHeader.Element],
        fields: HTTPFields
    ) {
        (self.key, self.subprotocol) = (key, subprotocol)
        (self.offeredExtensions, self.fields) = (offeredExtensions, fields)
    }

    /// The 101 response that opens the WebSocket (RFC 6455 §4.2.2).
    ///
    /// - Parameter acceptedExtensions: Answers to some of ``offeredExtensions``.
    /// - Returns: The head to send before the first frame.
    /// - Throws: ``HandshakeError/Code/invalidOffer`` if an extension was not offered or holds an illegal character.
    package func response(
        acceptedExtensions: [ExtensionHeader.Element] = []
    ) throws(HandshakeError) -> HTTPResponseHead {
        var fields: HTTPFields = [
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Accept": self.key.acceptValue,
        ]
        if let subprotocol = self.subprotocol {
            fields.append(name: "Sec-WebSocket-Protocol", value: subprotocol)
        }
        if !acceptedExtensions.isEmpty {
            try self.checkOffered(acceptedExtensions)
            fields.append(name: "Sec-WebSocket-Extensions", value: try ExtensionHeader(acceptedExtensions).value)
        }
        fields.append(contentsOf: self.fields)
        return try HTTPResponseHead(status: 101, fields: fields)
    }

    private func checkOffered(_ accepted: [ExtensionHeader.Element]) throws(HandshakeError) {
        let offered = Set(self.offeredExtensions.map(\.name))
        for element in accepted where !offered.contains(element.name) {
            throw HandshakeError(.invalidOffer, "The client does not offer \(Excerpt(element.name)).")
        }
    }
}
