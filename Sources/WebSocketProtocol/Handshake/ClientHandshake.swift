#if RED_CONTROLS
internal import RedControls
#endif

/// The opening handshake of a client: the request, and the rules for the response (RFC 6455 §4.1).
package struct ClientHandshake: Sendable {
    /// The request to send.
    package let request: HTTPRequestHead

    private let key: SecWebSocketKey
    private let subprotocols: [String]
    private let extensionNames: Set<String>

    /// Checks all parts of the request.
    ///
    /// - Parameter request: The parts of the request.
    /// - Throws: ``HandshakeError/Code/invalidOffer`` for an illegal origin, subprotocol or extension;
    ///   ``HandshakeError/Code/invalidField`` for an illegal or reserved custom field.
    package init(_ request: ClientHandshakeRequest) throws(HandshakeError) {
        self.request = try request.head()
        self.key = request.key
        self.subprotocols = request.subprotocols
        self.extensionNames = Set(request.extensions.map(\.name))
    }

    /// Decides whether the response opens the WebSocket.
    ///
    /// - Parameter response: The first response that is not interim.
    /// - Returns: The terms that both sides agreed on.
    /// - Throws: ``HandshakeError/Code/upgradeRefused`` with the response, without its body, for every status except
    ///   101; ``HandshakeError/Code/invalidUpgrade``, ``HandshakeError/Code/invalidAccept``,
    ///   ``HandshakeError/Code/invalidSubprotocol`` or ``HandshakeError/Code/invalidExtension`` for a 101 that breaks a
    ///   rule of RFC 6455. HTTP/1.0 in a 101 is not an error: servers on top of older HTTP libraries send it.
    package func validate(_ response: HTTPResponseHead) throws(HandshakeError) -> ClientHandshakeResult {
        guard response.status == 101 else { throw Self.refusal(response) }
        // RFC 9112 §6.3: a 101 ends with its blank line, also if it has Content-Length or Transfer-Encoding.
        let fields = response.fields
        #if RED_CONTROLS
        if RedControl.isActive(.switchMayHaveNoLength), fields.contains("Content-Length") {
            throw HandshakeError(.unexpectedBody, "A 101 has a body.")
        }
        #endif
        try Self.checkUpgrade(fields)
        try self.checkAccept(fields)
        return ClientHandshakeResult(
            subprotocol: try Subprotocols.selected(in: fields, offered: self.subprotocols),
            extensions: try self.acceptedExtensions(fields),
            fields: fields
        )
    }

    private static func refusal(_ response: HTTPResponseHead) -> HandshakeError {
        let reason = response.reason.isEmpty ? "" : " \(Excerpt(response.reason))"
        return HandshakeError(
            .upgradeRefused,
            "The server answered with status \(response.status)\(reason) instead of 101.",
            refusal: UpgradeRefusal(response)
        )
    }

    private static func checkUpgrade(_ fields: HTTPFields) throws(HandshakeError) {
        // RFC 6455 §4.1: Upgrade must contain only this; Connection may contain more.
        let protocols = fields.listElements(for: "Upgrade")
        guard !protocols.isEmpty, protocols.allSatisfy({ HTTPCharacter.equalIgnoringCase($0, "websocket") }) else {
            let found = Excerpt(protocols.joined(separator: ", "))
            throw HandshakeError(.invalidUpgrade, "Upgrade of the response must be \"websocket\", got \(found).")
        }
        guard fields.listContains("upgrade", for: "Connection") else {
            let found = Excerpt(fields.values(for: "Connection").joined(separator: ", "))
            throw HandshakeError(.invalidUpgrade, "Connection of the response must name Upgrade, got \(found).")
        }
    }

    private func checkAccept(_ fields: HTTPFields) throws(HandshakeError) {
        guard let value = try fields.singleValue(for: "Sec-WebSocket-Accept", orThrow: .invalidAccept) else {
            throw HandshakeError(.invalidAccept, "The response has no Sec-WebSocket-Accept.")
        }
        guard HTTPCharacter.equal(value, self.key.acceptValue) else {
            throw HandshakeError(
                .invalidAccept,
                "Sec-WebSocket-Accept must be \(self.key.acceptValue), got \(Excerpt(value))."
            )
        }
    }

    private func acceptedExtensions(_ fields: HTTPFields) throws(HandshakeError) -> [ExtensionHeader.Element] {
        let values = fields.values(for: "Sec-WebSocket-Extensions")
        let accepted = try ExtensionHeader(parsing: values, from: .server).elements
        var seen: Set<String> = []
        for name in accepted.map(\.name) {
            guard self.extensionNames.contains(name) else {
                throw HandshakeError(.invalidExtension, "The server uses \(Excerpt(name)), which was not offered.")
            }
            guard seen.insert(name).inserted else {
                throw HandshakeError(.invalidExtension, "The server uses the extension \(name) twice.")
            }
        }
        return accepted
    }
}

/// The terms that client and server agreed on in the opening handshake.
package struct ClientHandshakeResult: Sendable, Hashable {
    /// The subprotocol that the server selected from the offer, or nil if it selected none, which is legal.
    package let subprotocol: String?

    /// The extensions that the server accepted, in its order; each was offered.
    ///
    /// The parameters are not checked here; the code of the extension does that.
    package let extensions: [ExtensionHeader.Element]

    /// All fields of the response.
    package let fields: HTTPFields
}
