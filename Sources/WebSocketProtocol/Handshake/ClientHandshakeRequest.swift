/// The parts of a client's request for a WebSocket.
package struct ClientHandshakeRequest: Sendable, Hashable {
    /// The URL to connect to; it gives `Host` and the request target.
    package var url: WebSocketURL

    /// The key of this connection.
    package var key: SecWebSocketKey

    /// The value of `Origin`, not changed; nil sends none, as programs that are not browsers do.
    package var origin: String?

    /// The subprotocols to offer, in order of preference; unique tokens.
    package var subprotocols: [String] = []

    /// The extensions to offer, in order of preference.
    package var extensions: [ExtensionHeader.Element] = []

    /// More fields, such as `Authorization`; the fields of the handshake are not allowed.
    package var fields: HTTPFields = [:]

    /// Creates a request that offers nothing; then change single properties.
    package init(url: WebSocketURL, key: SecWebSocketKey) {
        (self.url, self.key) = (url, key)
    }

    /// The head to send.
    ///
    /// - Throws: ``HandshakeError/Code/invalidOffer`` or ``HandshakeError/Code/invalidField``.
    func head() throws(HandshakeError) -> HTTPRequestHead {
        var fields: HTTPFields = [
            "Host": self.url.hostField,
            // Some servers compare the values of these two fields with case, and expect this spelling.
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": self.key.value,
            "Sec-WebSocket-Version": "13",
        ]
        try self.appendOffers(to: &fields)
        for field in self.fields {
            try HandshakeFieldNames.checkNotReserved(field.name)
            fields.append(field)
        }
        return try HTTPRequestHead(target: self.url.target, fields: fields)
    }

    private func appendOffers(to fields: inout HTTPFields) throws(HandshakeError) {
        if let origin = self.origin {
            guard !origin.isEmpty, origin.utf8.allSatisfy(HTTPCharacter.isVisible) else {
                throw HandshakeError(.invalidOffer, "The origin \(Excerpt(origin)) must be like https://example.com.")
            }
            fields.append(name: "Origin", value: origin)
        }
        if !self.subprotocols.isEmpty {
            try Subprotocols.validate(self.subprotocols, orThrow: .invalidOffer)
            fields.append(name: "Sec-WebSocket-Protocol", value: self.subprotocols.joined(separator: ", "))
        }
        if !self.extensions.isEmpty {
            let header = try ExtensionHeader(self.extensions)
            fields.append(name: "Sec-WebSocket-Extensions", value: header.value)
        }
    }
}
