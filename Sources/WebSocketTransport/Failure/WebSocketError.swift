/// An error of the WebSocket layer.
///
/// Switch on ``code``, or follow ``retry``. ``message`` is for people and may change. A normal close is not an error:
/// see ``WebSocketClosure``.
public struct WebSocketError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// All codes of this version: the compiler checks each `switch` over them.
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

        /// A stable name, usable as a metric label.
        public var description: String { self.name.rawValue }

        /// A configuration value or an argument is out of range; nothing was sent.
        public static let invalidConfiguration = Self(.invalidConfiguration)
        /// No connection could be made.
        ///
        /// The host has no address, no address accepts connections, or the connection ended or was reset before the
        /// server's answer was complete. The code is the same for the tunnel of a proxy and for the TLS handshake.
        /// ``WebSocketError/reason`` has the reason.
        public static let connectFailed = Self(.connectFailed)
        /// Name resolution, connect and handshake together took longer than the configured time.
        public static let connectTimedOut = Self(.connectTimedOut)
        /// The peer's answer to the opening handshake was not valid; the cause is a `HandshakeError`.
        public static let handshakeFailed = Self(.handshakeFailed)
        /// The server answered the upgrade with a status other than 101; ``WebSocketError/refusal`` has the answer.
        public static let upgradeRefused = Self(.upgradeRefused)
        /// The server's certificate is self-signed, or its issuer is not trusted.
        public static let tlsUntrusted = Self(.tlsUntrusted)
        /// The server's certificate has expired, or is not valid yet.
        public static let tlsExpired = Self(.tlsExpired)
        /// The server's certificate does not match the host.
        public static let tlsWrongHost = Self(.tlsWrongHost)
        /// The TLS handshake failed for another reason; the message explains it.
        public static let tlsFailed = Self(.tlsFailed)
        /// The proxy refused the connection; ``WebSocketError/proxyRefusal`` has its answer.
        public static let proxyRefused = Self(.proxyRefused)
        /// The proxy broke its protocol.
        public static let proxyFailed = Self(.proxyFailed)
        /// A redirect is not allowed: to a URL that is not a WebSocket, from `wss` to `ws`, or to a socket of this
        /// machine.
        public static let redirectRefused = Self(.redirectRefused)
        /// The server redirected more often than allowed; ``WebSocketError/refusal`` has the last answer.
        public static let tooManyRedirects = Self(.tooManyRedirects)
        /// The peer broke RFC 6455; the cause is a `ProtocolViolation`.
        public static let protocolViolation = Self(.protocolViolation)
        /// The connection ended without a closing handshake.
        public static let connectionLost = Self(.connectionLost)
        /// The peer did not answer a Ping in time.
        public static let keepaliveTimedOut = Self(.keepaliveTimedOut)
        /// The peer answers Pings, but sent no message within ``ConnectionConfiguration/messageTimeout``.
        public static let messageTimedOut = Self(.messageTimedOut)
        /// A message in parts was started but not finished, so the connection can't send another one.
        public static let messageAbandoned = Self(.messageAbandoned)
        /// A part of a text message to send is not UTF-8.
        public static let invalidText = Self(.invalidText)
        /// The system did not take bytes within the configured time.
        public static let sendTimedOut = Self(.sendTimedOut)
        /// The connection is closed or closing; the message was not sent.
        public static let closed = Self(.closed)
        /// The connection ended while the message was being sent; the peer may or may not have it.
        public static let deliveryUnknown = Self(.deliveryUnknown)
        /// A second task tried to receive from the connection while the first one still receives.
        public static let alreadyReceiving = Self(.alreadyReceiving)
        /// The server could not listen on the address.
        public static let listenFailed = Self(.listenFailed)
    }

    /// What failed.
    public var code: Code { self.details.code }
    /// What exactly was wrong, with the wrong value and the limit; it contains the cause too.
    public var message: String { self.details.message }
    /// Why the system or the network failed; nil if the error has another source.
    public var reason: FailureReason? { self.details.reason }
    /// The time in `Retry-After` of a refusal, from its arrival, at most a year; nil without one.
    public var retryAfter: Duration? { self.details.retryAfter }
    /// The proxy that failed or refused; nil if the error has another source.
    public var proxy: WebSocketProxy? { self.details.proxy }
    /// The error that caused this one, if any.
    public var cause: (any Error)? { self.details.cause }
    /// Where the error was created, as `Module/File.swift:line`.
    public var location: String { self.details.location }

    // A reference, because a function that can throw it (a send does for each message) needs space for it and moves it.
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

    /// Creates an error as the library does, for tests.
    ///
    /// - Parameters:
    ///   - code: What failed.
    ///   - message: What exactly was wrong, and what to do.
    ///   - reason: Why a connection could not be made, or was lost.
    ///   - retryAfter: When to try again, if the server says so.
    ///   - proxy: The proxy that failed or refused.
    ///   - cause: The error that caused this one.
    ///   - file: The file where it is created.
    ///   - line: The line where it is created.
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

    /// The code and the message in one line.
    public var description: String { "\(self.code): \(self.message)" }
}
