extension HandshakeError {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A stable name, usable as a metric label.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }
    }
}

// Found before anything is sent: in the caller's values.
extension HandshakeError.Code {
    /// A limit or a policy is out of range; nothing was sent.
    public static let invalidConfiguration = Self("invalidConfiguration")

    /// A URL is not a `ws`, `wss` or `ws+unix` URL (RFC 6455 §3); nothing was sent.
    public static let invalidURL = Self("invalidURL")

    /// A name, value, method, target or status to send is illegal or reserved; nothing was sent.
    public static let invalidField = Self("invalidField")

    /// A subprotocol, an extension or an origin to send is illegal; nothing was sent.
    public static let invalidOffer = Self("invalidOffer")
}

// Found in what the peer sent, in either role.
extension HandshakeError.Code {
    /// The bytes of the peer are not valid HTTP (RFC 9112).
    public static let malformedMessage = Self("malformedMessage")

    /// The head of the peer exceeds one of the ``HandshakeLimits``.
    public static let limitExceeded = Self("limitExceeded")

    /// The peer does not use HTTP/1.x, or a client asks for a WebSocket with HTTP/1.0.
    public static let unsupportedHTTPVersion = Self("unsupportedHTTPVersion")

    /// The connection ended before the handshake was complete.
    public static let connectionEnded = Self("connectionEnded")

    /// `Upgrade` or `Connection` is missing or has the wrong value.
    public static let invalidUpgrade = Self("invalidUpgrade")

    /// A request for a WebSocket announces a body, which would hide the first frames.
    public static let unexpectedBody = Self("unexpectedBody")

    /// `Sec-WebSocket-Protocol` is malformed, repeated, or names a subprotocol that was not offered.
    public static let invalidSubprotocol = Self("invalidSubprotocol")

    /// `Sec-WebSocket-Extensions` is malformed or names an extension that was not offered.
    public static let invalidExtension = Self("invalidExtension")
}

// Found by a client.
extension HandshakeError.Code {
    /// The server answered with a status other than 101; see ``HandshakeError/refusal``.
    public static let upgradeRefused = Self("upgradeRefused")

    /// `Sec-WebSocket-Accept` is missing, repeated, or not the answer to our key.
    public static let invalidAccept = Self("invalidAccept")
}

// Found by a server.
extension HandshakeError.Code {
    /// The request is plain HTTP: it does not ask for a WebSocket.
    public static let notUpgrade = Self("notUpgrade")

    /// The request asks for a WebSocket with a method other than GET.
    public static let invalidMethod = Self("invalidMethod")

    /// `Host` is missing, repeated or malformed.
    public static let invalidHost = Self("invalidHost")

    /// `Sec-WebSocket-Key` is missing, repeated, or not the base64 form of 16 bytes.
    public static let invalidKey = Self("invalidKey")

    /// `Sec-WebSocket-Version` is not 13.
    public static let unsupportedWebSocketVersion = Self("unsupportedWebSocketVersion")

    /// The policy does not allow the value of `Origin`.
    public static let originRefused = Self("originRefused")
}
