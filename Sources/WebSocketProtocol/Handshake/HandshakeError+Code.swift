extension HandshakeError {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A stable name, fit for a metric label.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }
    }
}

// Found before anything is sent: the caller's values.
extension HandshakeError.Code {
    /// A limit or a policy is out of its range; nothing was sent.
    public static let invalidConfiguration = Self("invalidConfiguration")

    /// A URL is not a `ws` or `wss` URL as in RFC 6455 §3; nothing was sent.
    public static let invalidURL = Self("invalidURL")

    /// A name, value, method, target or status to send is illegal or reserved; nothing was sent.
    public static let invalidField = Self("invalidField")

    /// A subprotocol, an extension or an origin to send is illegal; nothing was sent.
    public static let invalidOffer = Self("invalidOffer")
}

// Found in what the peer sent, in either role.
extension HandshakeError.Code {
    /// The bytes of the peer are not HTTP/1.1 as in RFC 9112.
    public static let malformedMessage = Self("malformedMessage")

    /// The head of the peer is larger than ``HandshakeLimits`` allow.
    public static let limitExceeded = Self("limitExceeded")

    /// The peer speaks another version of HTTP than 1.1.
    public static let unsupportedHTTPVersion = Self("unsupportedHTTPVersion")

    /// The connection ended before the handshake did.
    public static let connectionEnded = Self("connectionEnded")

    /// `Upgrade` or `Connection` is missing or does not ask for, or agree to, a WebSocket.
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
    /// The server answered with another status than 101; see ``HandshakeError/refusal``.
    public static let upgradeRefused = Self("upgradeRefused")

    /// `Sec-WebSocket-Accept` is missing, repeated, or not the answer to our key.
    public static let invalidAccept = Self("invalidAccept")
}

// Found by a server.
extension HandshakeError.Code {
    /// The request does not ask for a WebSocket: it is plain HTTP.
    public static let notUpgrade = Self("notUpgrade")

    /// The request asks for a WebSocket with another method than GET.
    public static let invalidMethod = Self("invalidMethod")

    /// `Host` is missing, repeated or malformed.
    public static let invalidHost = Self("invalidHost")

    /// `Sec-WebSocket-Key` is missing, repeated, or not the base64 form of 16 bytes.
    public static let invalidKey = Self("invalidKey")

    /// `Sec-WebSocket-Version` is not 13.
    public static let unsupportedWebSocketVersion = Self("unsupportedWebSocketVersion")

    /// `Origin` is not one the policy allows.
    public static let originRefused = Self("originRefused")
}
