public import WebSocketProtocol

/// An error of the WebSocket layer.
///
/// Switch on ``code``: ``message`` is for people and may change. A normal close is not an error: see
/// ``WebSocketClosure``.
public struct WebSocketError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// A stable name, fit for a metric label.
        public let description: String

        /// A configuration value or an argument is out of range; nothing was sent.
        public static let invalidConfiguration = Self(description: "invalidConfiguration")
        /// The host could not be resolved or no address of it accepts connections.
        public static let connectFailed = Self(description: "connectFailed")
        /// Name resolution, connection and handshake together took longer than the configured time.
        public static let connectTimedOut = Self(description: "connectTimedOut")
        /// The opening handshake was broken by the peer; the cause is a ``HandshakeError``.
        public static let handshakeFailed = Self(description: "handshakeFailed")
        /// The server answered the upgrade with another status than 101; ``WebSocketError/refusal`` has it.
        public static let upgradeRefused = Self(description: "upgradeRefused")
        /// The server's certificate was not issued by an authority that is trusted, or by nobody but itself.
        public static let tlsUntrusted = Self(description: "tlsUntrusted")
        /// The time that the server's certificate is for is over, or has not come.
        public static let tlsExpired = Self(description: "tlsExpired")
        /// The server's certificate is for other hosts than the one that was asked for.
        public static let tlsWrongHost = Self(description: "tlsWrongHost")
        /// TLS could not be agreed on for another reason, which the message tells.
        public static let tlsFailed = Self(description: "tlsFailed")
        /// The proxy does not connect us; ``WebSocketError/proxyRefusal`` has its answer.
        public static let proxyRefused = Self(description: "proxyRefused")
        /// The proxy broke its protocol, or ended the connection.
        public static let proxyFailed = Self(description: "proxyFailed")
        /// A redirect leads where none may: to no WebSocket, or from `wss` to `ws`.
        public static let redirectRefused = Self(description: "redirectRefused")
        /// The server redirected more often than was allowed; ``WebSocketError/refusal`` has the last answer.
        public static let tooManyRedirects = Self(description: "tooManyRedirects")
        /// The peer broke RFC 6455; the cause is a ``ProtocolViolation``.
        public static let protocolViolation = Self(description: "protocolViolation")
        /// The connection ended without a closing handshake.
        public static let connectionLost = Self(description: "connectionLost")
        /// The peer did not answer a Ping in time.
        public static let keepaliveTimedOut = Self(description: "keepaliveTimedOut")
        /// The peer shows life but sent no message within ``ConnectionConfiguration/messageTimeout``.
        public static let messageTimedOut = Self(description: "messageTimedOut")
        /// A message that was sent in parts was not ended: the connection can't carry another one.
        public static let messageAbandoned = Self(description: "messageAbandoned")
        /// A part of a text message to send is not UTF-8.
        public static let invalidText = Self(description: "invalidText")
        /// Bytes could not be handed to the system within the configured time.
        public static let sendTimedOut = Self(description: "sendTimedOut")
        /// The connection is closed, or closing: the message was not sent.
        public static let closed = Self(description: "closed")
        /// The connection ended while the message was on its way: the peer may have it or not.
        public static let deliveryUnknown = Self(description: "deliveryUnknown")
        /// A second task received from the connection while the first one still does.
        public static let alreadyReceiving = Self(description: "alreadyReceiving")
        /// The server could not listen on the address.
        public static let listenFailed = Self(description: "listenFailed")
    }

    /// What failed.
    public let code: Code
    /// What exactly was wrong, with the offending value and the limit.
    public let message: String
    /// The error below this one, if any.
    public let cause: (any Error)?
    /// Where it was created, as `Module/File.swift:line`.
    public let location: String

    package init(
        _ code: Code,
        _ message: String,
        cause: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        (self.code, self.message, self.cause, self.location) = (code, message, cause, "\(file):\(line)")
    }

    /// The server's answer to a refused upgrade: status, fields and up to 64 KiB of body.
    public var refusal: UpgradeRefusal? { (self.cause as? HandshakeError)?.refusal }

    /// A proxy's answer that it does not connect us.
    public var proxyRefusal: ProxyRefusal? { self.cause as? ProxyRefusal }

    /// The code and the message as one line.
    public var description: String {
        guard let cause = self.cause else { return "\(self.code): \(self.message)" }
        return "\(self.code): \(self.message) (\(cause))"
    }
}
