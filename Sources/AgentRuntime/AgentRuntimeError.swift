import WebSocketTransport

/// An error of the agent runtime client.
///
/// Switch on ``code``, or do what ``retry`` says: ``message`` is for people and may change. A stream that was closed, by
/// either end, is not an error: see ``WorkspaceStreamEnd``.
public struct AgentRuntimeError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// All codes of this version: what is decided for each of them is decided by a `switch` that the compiler checks.
        package enum Name: String, CaseIterable, Sendable {
            case invalidConfiguration
            case clientClosed
            case alreadyOpen
            case closedWhileDialling
            case connectFailed
            case notTrusted
            case unauthorized
            case instanceGone
            case refused
            case connectionLost
            case protocolViolation
            case streamClosed
            case deliveryUnknown
            case timedOut
            case alreadyReceiving
        }

        package let name: Name

        private init(_ name: Name) { self.name = name }

        /// All codes of this version.
        package static var all: [Self] { Name.allCases.map(Self.init) }

        /// A stable name, fit for a metric label.
        public var description: String { self.name.rawValue }

        /// An endpoint, a token or another setting is not usable; nothing was sent.
        public static let invalidConfiguration = Self(.invalidConfiguration)
        /// The client is closed: it opens no stream any more.
        public static let clientClosed = Self(.clientClosed)
        /// The client has a stream that is open or being opened, or one that does not end although it was told to.
        public static let alreadyOpen = Self(.alreadyOpen)
        /// The client was closed while the stream was being opened; nothing of it is left.
        public static let closedWhileDialling = Self(.closedWhileDialling)
        /// The runtime can't be reached, did not answer in time, or ended the connection before its answer was complete.
        ///
        /// Also that its proxy does not connect us, or that TLS can't be agreed on; ``AgentRuntimeError/reason`` and the
        /// message tell which it was.
        public static let connectFailed = Self(.connectFailed)
        /// TLS: the certificate of the runtime is not trusted, expired, or for another host; the cause says which.
        public static let notTrusted = Self(.notTrusted)
        /// Status 401: the token is missing or wrong.
        public static let unauthorized = Self(.unauthorized)
        /// Status 404 from a recycled port: another instance listens there now.
        ///
        /// See ``AgentRuntimeError/instance``.
        public static let instanceGone = Self(.instanceGone)
        /// Another status than 101; the cause is a ``WebSocketError`` with the server's answer.
        public static let refused = Self(.refused)
        /// The connection ended without a closing handshake, or a timeout ended it.
        public static let connectionLost = Self(.connectionLost)
        /// The server broke RFC 6455.
        public static let protocolViolation = Self(.protocolViolation)
        /// The stream is closed or closing: the command was not sent.
        public static let streamClosed = Self(.streamClosed)
        /// The command was on its way when the connection ended or its time was over: the runtime may have it or not.
        public static let deliveryUnknown = Self(.deliveryUnknown)
        /// A command was not sent, or a ping not answered, within the configured time.
        public static let timedOut = Self(.timedOut)
        /// Another task iterates over the events of the stream.
        public static let alreadyReceiving = Self(.alreadyReceiving)
    }

    /// What a recycled port says about the instance behind it.
    public struct Instance: Sendable, Hashable {
        /// The instance that listens on the port now, or nil when it does not say.
        public let expectedID: String?
        /// The instance that was asked for.
        public let gotID: String?
        /// The server's hint, or nil.
        public let hint: String?

        /// Creates what a recycled port says: for tests of what handles it.
        ///
        /// - Parameters:
        ///   - expectedID: The instance that listens on the port now.
        ///   - gotID: The instance that was asked for.
        ///   - hint: The server's hint.
        public init(expectedID: String? = nil, gotID: String? = nil, hint: String? = nil) {
            (self.expectedID, self.gotID, self.hint) = (expectedID, gotID, hint)
        }
    }

    /// What failed.
    public let code: Code
    /// What exactly was wrong, and what to do; it names the cause, too, and nothing in it controls a terminal.
    public let message: String
    /// Which instances a recycled port names; only with ``Code/instanceGone``.
    public let instance: Instance?
    /// The error below this one, if any.
    public let cause: (any Error)?
    /// Where it was created, as `Module/File.swift:line`.
    public let location: String

    /// Creates an error, as the library does: for tests of what handles it, and for wrappers.
    ///
    /// - Parameters:
    ///   - code: What failed.
    ///   - message: What exactly was wrong, and what to do.
    ///   - instance: Which instances a recycled port names.
    ///   - cause: The error below this one.
    ///   - file: Where it is created.
    ///   - line: Where it is created.
    public init(
        _ code: Code,
        _ message: String = "",
        instance: Instance? = nil,
        cause: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        (self.code, self.message, self.instance, self.cause) = (code, message, instance, cause)
        self.location = "\(file):\(line)"
    }

    /// The code and the message as one line.
    public var description: String { "\(self.code): \(self.message)" }
}
