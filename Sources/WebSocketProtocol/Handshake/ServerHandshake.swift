#if RED_CONTROLS
internal import RedControls
#endif

/// The opening handshake of a server: the rules for the request (RFC 6455 §4.2).
package struct ServerHandshake: Sendable {
    /// What to do with a request.
    package enum OnRequest: Sendable {
        /// Send a response of the acceptance; frames follow.
        case accept(ServerHandshakeAcceptance)
        /// Send the refusal and close the connection.
        case refuse(ServerHandshakeRefusal)
        /// The request is plain HTTP: answer it, or send the refusal (426) and close the connection.
        case notUpgrade(ServerHandshakeRefusal)
    }

    private let policy: ServerHandshakePolicy

    /// Creates a handshake for any number of requests.
    ///
    /// - Parameter policy: What to accept; validated here.
    /// - Throws: ``HandshakeError/Code/invalidOffer`` or ``HandshakeError/Code/invalidField``.
    package init(policy: ServerHandshakePolicy = ServerHandshakePolicy()) throws(HandshakeError) {
        try policy.validate()
        self.policy = policy
    }

    /// Decides whether a request opens a WebSocket.
    ///
    /// - Parameter request: A head from ``HTTPHeadParser``.
    /// - Returns: What to do.
    package func evaluate(_ request: HTTPRequestHead) -> OnRequest {
        guard request.asksForWebSocket else {
            let error = HandshakeError(.notUpgrade, "This request needs \"Upgrade: websocket\".")
            return .notUpgrade(ServerHandshakeRefusal(error))
        }
        do {
            return .accept(try self.accept(request))
        } catch {
            return .refuse(ServerHandshakeRefusal(error))
        }
    }

    private func accept(_ request: HTTPRequestHead) throws(HandshakeError) -> ServerHandshakeAcceptance {
        let fields = request.fields
        try Self.checkRequestLine(request)
        let host = try Self.host(request)
        guard fields.listContains("upgrade", for: "Connection") else {
            throw HandshakeError(.invalidUpgrade, "Connection of the request must name Upgrade.")
        }
        try Self.checkNoBody(fields)
        // This comes before the key, because other versions have other keys.
        try Self.checkVersion(fields)
        let key = try Self.key(fields)
        try self.checkOrigin(fields, host: host)
        return ServerHandshakeAcceptance(
            key: key,
            subprotocol: try self.selectedSubprotocol(fields),
            offeredExtensions: try Self.offeredExtensions(fields),
            fields: self.policy.fields
        )
    }

    private static func checkRequestLine(_ request: HTTPRequestHead) throws(HandshakeError) {
        guard request.version == .http11 else {
            throw HandshakeError(.unsupportedHTTPVersion, "A WebSocket needs HTTP/1.1.")
        }
        guard request.method == "GET" else {
            throw HandshakeError(.invalidMethod, "A WebSocket is opened with GET, not \(Excerpt(request.method)).")
        }
    }

    /// The host of the target, otherwise that of `Host`, which must be present in any case (RFC 9112 §3.2).
    private static func host(_ request: HTTPRequestHead) throws(HandshakeError) -> String {
        let host = try request.fields.singleValue(for: "Host", orThrow: .invalidHost)
        guard let host, !host.isEmpty, host.utf8.allSatisfy(URLHost.isAuthorityCharacter) else {
            throw HandshakeError(.invalidHost, "The request needs a Host, got \(Excerpt(host ?? "")).")
        }
        #if RED_CONTROLS
        if RedControl.isActive(.absoluteFormIgnored) { return host }
        #endif
        return request.origin?.authority ?? host
    }

    private static func checkNoBody(_ fields: HTTPFields) throws(HandshakeError) {
        let length = try fields.contentLength() ?? 0
        guard length == 0, !fields.contains("Transfer-Encoding") else {
            throw HandshakeError(.unexpectedBody, "A request for a WebSocket must not have a body.")
        }
    }

    private static func checkVersion(_ fields: HTTPFields) throws(HandshakeError) {
        let version = try fields.singleValue(for: "Sec-WebSocket-Version", orThrow: .malformedMessage)
        guard version == "13" else {
            throw HandshakeError(
                .unsupportedWebSocketVersion,
                "Sec-WebSocket-Version must be 13, got \(Excerpt(version ?? ""))."
            )
        }
    }

    private static func key(_ fields: HTTPFields) throws(HandshakeError) -> SecWebSocketKey {
        guard let value = try fields.singleValue(for: "Sec-WebSocket-Key", orThrow: .invalidKey) else {
            throw HandshakeError(.invalidKey, "The request has no Sec-WebSocket-Key.")
        }
        return try SecWebSocketKey(validating: value)
    }

    private func checkOrigin(_ fields: HTTPFields, host: String) throws(HandshakeError) {
        guard let origin = try fields.singleValue(for: "Origin", orThrow: .originRefused) else { return }
        guard self.policy.origin.accepts(origin, host: host) else {
            throw HandshakeError(.originRefused, "The origin \(Excerpt(origin)) may not connect.")
        }
    }

    private static func offeredExtensions(_ fields: HTTPFields) throws(HandshakeError) -> [ExtensionHeader.Element] {
        try ExtensionHeader(parsing: fields.values(for: "Sec-WebSocket-Extensions"), from: .client).elements
    }

    private func selectedSubprotocol(_ fields: HTTPFields) throws(HandshakeError) -> String? {
        let offered = Set(try Subprotocols.offered(in: fields))
        return self.policy.subprotocols.first(where: offered.contains)
    }
}
