import WebSocketTransport

/// An error of the agent runtime client.
///
/// Switch on ``code``: ``message`` is for people and may change. A stream that was closed, by either end, is not an
/// error: see ``WorkspaceStreamEnd``.
public struct AgentRuntimeError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// A stable name, fit for a metric label.
        public let description: String

        /// An endpoint, a token or another setting is not usable; nothing was sent.
        public static let invalidConfiguration = Self(description: "invalidConfiguration")
        /// The client is closed: it opens no stream any more.
        public static let clientClosed = Self(description: "clientClosed")
        /// The client has a stream that is open, opening or not yet drained.
        public static let alreadyOpen = Self(description: "alreadyOpen")
        /// The client was closed while the stream was being opened; nothing of it is left.
        public static let closedWhileDialling = Self(description: "closedWhileDialling")
        /// The runtime can't be reached, or did not answer in time.
        public static let connectFailed = Self(description: "connectFailed")
        /// TLS: the certificate of the runtime is not trusted, expired, or for another host; the cause says which.
        ///
        /// Terminal: trying again does not help.
        public static let notTrusted = Self(description: "notTrusted")
        /// Status 401: the token is missing or wrong.
        ///
        /// Terminal: trying again does not help.
        public static let unauthorized = Self(description: "unauthorized")
        /// Status 404 from a recycled port: another instance listens there now.
        ///
        /// Terminal; see
        /// ``AgentRuntimeError/instance``.
        public static let instanceGone = Self(description: "instanceGone")
        /// Another status than 101; the cause is a ``WebSocketError`` with the server's answer.
        public static let refused = Self(description: "refused")
        /// The connection ended without a closing handshake, or a timeout ended it.
        public static let connectionLost = Self(description: "connectionLost")
        /// The server broke RFC 6455.
        public static let protocolViolation = Self(description: "protocolViolation")
        /// The stream is closed or closing: the command was not sent.
        public static let streamClosed = Self(description: "streamClosed")
        /// The connection ended while the command was on its way: the runtime may have it or not.
        public static let deliveryUnknown = Self(description: "deliveryUnknown")
        /// A command could not be queued, or was not answered, within the configured time.
        public static let timedOut = Self(description: "timedOut")
        /// Another task iterates over the events of the stream.
        public static let alreadyReceiving = Self(description: "alreadyReceiving")
    }

    /// What a recycled port says about the instance behind it.
    public struct Instance: Sendable, Hashable {
        /// The instance that listens on the port now, or nil when it does not say.
        public let expectedID: String?
        /// The instance that was asked for.
        public let gotID: String?
        /// The server's hint, or nil.
        public let hint: String?
    }

    /// What failed.
    public let code: Code
    /// What exactly was wrong, and what to do.
    public let message: String
    /// Which instances a recycled port names; only with ``Code/instanceGone``.
    public let instance: Instance?
    /// The error below this one, if any.
    public let cause: (any Error)?
    /// Where it was created, as `Module/File.swift:line`.
    public let location: String

    init(
        _ code: Code,
        _ message: String,
        instance: Instance? = nil,
        cause: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        (self.code, self.message, self.instance, self.cause) = (code, message, instance, cause)
        self.location = "\(file):\(line)"
    }

    /// Whether trying again, with the same endpoint and credentials, can't help.
    public var isTerminal: Bool {
        [.unauthorized, .instanceGone, .notTrusted, .invalidConfiguration, .clientClosed].contains(self.code)
    }

    /// The code and the message as one line.
    public var description: String { "\(self.code): \(self.message)" }
}
