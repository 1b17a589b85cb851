/// The opening handshake of a client: the request to send, and the rules for the response (RFC 6455 §4.1).
package struct ClientHandshake: Sendable {
    /// What to send.
    package let request: HTTPRequestHead

    private let key: SecWebSocketKey
    private let subprotocols: [String]
    private let extensionNames: Set<String>

    /// Checks everything that is about to be sent.
    ///
    /// - Parameter request: What to ask for.
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
    /// - Returns: What was agreed on.
    /// - Throws: ``HandshakeError/Code/upgradeRefused`` with the response, without its body, for every status but 101;
    ///   ``HandshakeError/Code/unsupportedHTTPVersion``, ``HandshakeError/Code/invalidUpgrade``,
    ///   ``HandshakeError/Code/invalidAccept``, ``HandshakeError/Code/unexpectedBody``,
    ///   ``HandshakeError/Code/invalidSubprotocol`` or ``HandshakeError/Code/invalidExtension`` for a 101 that breaks a
    ///   rule.
    package func validate(_ response: HTTPResponseHead) throws(HandshakeError) -> ClientHandshakeResult {
        guard response.status == 101 else { throw Self.refusal(response) }
        guard response.version == .http11 else {
            throw HandshakeError(.unsupportedHTTPVersion, "The server switched protocols in HTTP/1.0.")
        }
        let fields = response.fields
        try Self.checkUpgrade(fields)
        try self.checkAccept(fields)
        try Self.checkNoBody(fields)
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
        // RFC 6455 §4.1: Upgrade is compared as a whole, Connection is searched.
        let protocols = fields.listElements(for: "Upgrade")
        guard protocols.count == 1, HTTPCharacter.equalIgnoringCase(protocols[0], "websocket") else {
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

    /// RFC 9110 §6.4.1: a 101 has no body; one that announces a body would hide frames from somebody on the way.
    private static func checkNoBody(_ fields: HTTPFields) throws(HandshakeError) {
        let length = try fields.contentLength() ?? 0
        guard length == 0, !fields.contains("Transfer-Encoding") else {
            throw HandshakeError(.unexpectedBody, "The 101 response announces a body.")
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
