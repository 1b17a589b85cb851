/// An error of the WebSocket layer.
///
/// Switch on ``code``, or do what ``retry`` says: ``message`` is for people and may change. A normal close is not an
/// error: see ``WebSocketClosure``.
public struct WebSocketError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// All codes of this version: what is decided for each of them is decided by a `switch` that the compiler checks.
        package enum Name: String, CaseIterable, Sendable {
            case invalidConfiguration
            case connectFailed
            case connectTimedOut
            case handshakeFailed
            case upgradeRefused
            case tlsUntrusted
            case tlsExpired
            case tlsWrongHost
            case tlsFailed
            case proxyRefused
            case proxyFailed
            case redirectRefused
            case tooManyRedirects
            case protocolViolation
            case connectionLost
            case keepaliveTimedOut
            case messageTimedOut
            case messageAbandoned
            case invalidText
            case sendTimedOut
            case closed
            case deliveryUnknown
            case alreadyReceiving
            case listenFailed
        }

        package let name: Name

        private init(_ name: Name) { self.name = name }

        /// All codes of this version.
        package static var all: [Self] { Name.allCases.map(Self.init) }

        /// A stable name, fit for a metric label.
        public var description: String { self.name.rawValue }

        /// A configuration value or an argument is out of range; nothing was sent.
        public static let invalidConfiguration = Self(.invalidConfiguration)
        /// No connection could be made: the host has no address, none of them accepts connections, or the connection
        /// ended, or was reset, before the server's answer was complete.
        ///
        /// The same with a tunnel of a proxy, and in the TLS handshake; ``WebSocketError/reason`` tells which it was.
        public static let connectFailed = Self(.connectFailed)
        /// Name resolution, connection and handshake together took longer than the configured time.
        public static let connectTimedOut = Self(.connectTimedOut)
        /// The opening handshake was broken by the peer; the cause is a ``HandshakeError``.
        public static let handshakeFailed = Self(.handshakeFailed)
        /// The server answered the upgrade with another status than 101; ``WebSocketError/refusal`` has it.
        public static let upgradeRefused = Self(.upgradeRefused)
        /// The server's certificate was not issued by an authority that is trusted, or by nobody but itself.
        public static let tlsUntrusted = Self(.tlsUntrusted)
        /// The time that the server's certificate is for is over, or has not come.
        public static let tlsExpired = Self(.tlsExpired)
        /// The server's certificate is for other hosts than the one that was asked for.
        public static let tlsWrongHost = Self(.tlsWrongHost)
        /// TLS could not be agreed on for another reason, which the message tells.
        public static let tlsFailed = Self(.tlsFailed)
        /// The proxy does not connect us; ``WebSocketError/proxyRefusal`` has its answer.
        public static let proxyRefused = Self(.proxyRefused)
        /// The proxy broke its protocol.
        public static let proxyFailed = Self(.proxyFailed)
        /// A redirect leads where none may: to no WebSocket, or from `wss` to `ws`.
        public static let redirectRefused = Self(.redirectRefused)
        /// The server redirected more often than was allowed; ``WebSocketError/refusal`` has the last answer.
        public static let tooManyRedirects = Self(.tooManyRedirects)
        /// The peer broke RFC 6455; the cause is a ``ProtocolViolation``.
        public static let protocolViolation = Self(.protocolViolation)
        /// The connection ended without a closing handshake.
        public static let connectionLost = Self(.connectionLost)
        /// The peer did not answer a Ping in time.
        public static let keepaliveTimedOut = Self(.keepaliveTimedOut)
        /// The peer shows life but sent no message within ``ConnectionConfiguration/messageTimeout``.
        public static let messageTimedOut = Self(.messageTimedOut)
        /// A message that was sent in parts was not ended: the connection can't carry another one.
        public static let messageAbandoned = Self(.messageAbandoned)
        /// A part of a text message to send is not UTF-8.
        public static let invalidText = Self(.invalidText)
        /// Bytes could not be handed to the system within the configured time.
        public static let sendTimedOut = Self(.sendTimedOut)
        /// The connection is closed, or closing: the message was not sent.
        public static let closed = Self(.closed)
        /// The connection ended while the message was on its way: the peer may have it or not.
        public static let deliveryUnknown = Self(.deliveryUnknown)
        /// A second task received from the connection while the first one still does.
        public static let alreadyReceiving = Self(.alreadyReceiving)
        /// The server could not listen on the address.
        public static let listenFailed = Self(.listenFailed)
    }

    /// What failed.
    public var code: Code { self.details.code }
    /// What exactly was wrong, with the offending value and the limit; it names the cause, too.
    public var message: String { self.details.message }
    /// Why the system, or the network, did not do what was asked; nil if it is not to blame.
    public var reason: FailureReason? { self.details.reason }
    /// What `Retry-After` of a refusal says: the time from its arrival on, at most a year; nil without one.
    public var retryAfter: Duration? { self.details.retryAfter }
    /// The proxy that did not bring us to the server; nil if none is to blame.
    public var proxy: WebSocketProxy? { self.details.proxy }
    /// The error below this one, if any.
    public var cause: (any Error)? { self.details.cause }
    /// Where it was created, as `Module/File.swift:line`.
    public var location: String { self.details.location }

    // Behind a reference: what may throw it, as sending does for each message, has to make room for it, and moves it.
    private let details: Details

    private final class Details: Sendable {
        let code: Code
        let message: String
        let reason: FailureReason?
        let retryAfter: Duration?
        let proxy: WebSocketProxy?
        let cause: (any Error)?
        let location: String

        init(
            _ code: Code,
            _ message: String,
            _ reason: FailureReason?,
            _ retryAfter: Duration?,
            _ proxy: WebSocketProxy?,
            _ cause: (any Error)?,
            _ location: String
        ) {
            (self.code, self.message, self.reason, self.retryAfter) = (code, message, reason, retryAfter)
            (self.proxy, self.cause, self.location) = (proxy, cause, location)
        }
    }

    /// Creates an error, as the library does: for tests of what handles it.
    ///
    /// - Parameters:
    ///   - code: What failed.
    ///   - message: What exactly was wrong, and what to do.
    ///   - reason: Why a connection could not be made, or was lost.
    ///   - retryAfter: When to try again, where the server says so.
    ///   - proxy: The proxy that is to blame.
    ///   - cause: The error below this one.
    ///   - file: Where it is created.
    ///   - line: Where it is created.
    public init(
        _ code: Code,
        _ message: String = "",
        reason: FailureReason? = nil,
        retryAfter: Duration? = nil,
        proxy: WebSocketProxy? = nil,
        cause: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        self.details = Details(code, message, reason, retryAfter, proxy, cause, "\(file):\(line)")
    }

    /// The code and the message as one line.
    public var description: String { "\(self.code): \(self.message)" }
}
