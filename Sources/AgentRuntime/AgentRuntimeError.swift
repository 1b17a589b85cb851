import WebSocketTransport

/// An error of the agent runtime client.
///
/// Switch on ``code``, or follow ``retry``. ``message`` is for people and may change. A stream that client or server
/// closed is not an error: see ``StreamEnd``.
public struct AgentRuntimeError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// All codes of this version; a `switch` over them is checked by the compiler.
        package enum Name: String, CaseIterable, Sendable {
            case invalidConfiguration
            case clientClosed
            case alreadyOpen
            case closedWhileDialling
            case connectFailed
            case notTrusted
            case unauthorized
            case credentialsFailed
            case instanceGone
            case refused
            case connectionLost
            case protocolViolation
            case streamClosed
            case deliveryUnknown
            case timedOut
            case alreadyReceiving
            case answerTooLarge
            case unexpectedAnswer
            case alreadyExists
            case alreadyInitialized
            case answerHeldBack
            case requestRefused
            case invalidAnswer
            case permissionStale
            case permissionAlreadyAnswered
            case permissionNotFound
            case permissionOptionNotOffered
            case terminalNotFound
            case alreadyFollowed
            case fleetClosed
        }

        package let name: Name

        private init(_ name: Name) { self.name = name }

        /// All codes of this version.
        package static var all: [Self] { Name.allCases.map(Self.init) }

        /// A stable name that can be a metric label.
        public var description: String { self.name.rawValue }

        /// An endpoint, a token or another setting can't be used; nothing was sent.
        public static let invalidConfiguration = Self(.invalidConfiguration)
        /// The client is closed: it opens no more streams and makes no more calls.
        ///
        /// A close also ends the calls that run with this code.
        public static let clientClosed = Self(.clientClosed)
        /// The client has a stream that is open, is being opened, or does not end although it was told to.
        public static let alreadyOpen = Self(.alreadyOpen)
        /// The client was closed while the stream was being opened; nothing of the attempt is left.
        public static let closedWhileDialling = Self(.closedWhileDialling)
        /// The runtime can't be reached, did not answer in time, or ended the connection before its answer was
        /// complete.
        ///
        /// Other causes are a proxy that does not connect us, and a failed TLS handshake. ``AgentRuntimeError/reason``
        /// and the message name the cause.
        public static let connectFailed = Self(.connectFailed)
        /// TLS: the certificate of the runtime is not trusted, expired, or for another host; see the cause.
        public static let notTrusted = Self(.notTrusted)
        /// Status 401: the token is missing or wrong.
        public static let unauthorized = Self(.unauthorized)
        /// The provider of the token failed or took too long; nothing was sent.
        public static let credentialsFailed = Self(.credentialsFailed)
        /// Status 404 from a reused port: another instance listens there now.
        ///
        /// See ``AgentRuntimeError/instance``.
        public static let instanceGone = Self(.instanceGone)
        /// The server refused: it answered a stream with a status other than 101, or a control call with an error.
        ///
        /// The cause is a `WebSocketError` with the answer, or a ``ControlRefusal``.
        public static let refused = Self(.refused)
        /// The connection ended without a closing handshake, or a timeout ended it.
        public static let connectionLost = Self(.connectionLost)
        /// The server broke RFC 6455, or HTTP/1.1.
        public static let protocolViolation = Self(.protocolViolation)
        /// The stream is closed or closing: the command was not sent.
        public static let streamClosed = Self(.streamClosed)
        /// The connection or the time ended while a command or a control call was being sent, or was not answered; the
        /// runtime may have done it or not.
        public static let deliveryUnknown = Self(.deliveryUnknown)
        /// A command was not sent, or a ping or a control call was not answered, within its time.
        public static let timedOut = Self(.timedOut)
        /// Another task iterates over the events of the stream.
        public static let alreadyReceiving = Self(.alreadyReceiving)
        /// The answer to a control call is larger than the limit of messages of the connection.
        public static let answerTooLarge = Self(.answerTooLarge)
        /// The answer to a control call is not what the runtime should send; the cause says what is wrong.
        public static let unexpectedAnswer = Self(.unexpectedAnswer)
        /// There is an instance of that id already.
        public static let alreadyExists = Self(.alreadyExists)
        /// A client has begun to talk to its agent before: agentctl never answers a second `agent.initialize`, so it is
        /// not sent.
        public static let alreadyInitialized = Self(.alreadyInitialized)
        /// The consumer does not take the events before the answer to a request, and the limit for them is reached.
        public static let answerHeldBack = Self(.answerHeldBack)
        /// The server answered a request with an error; see ``AgentRuntimeError/serverError``.
        public static let requestRefused = Self(.requestRefused)
        /// The answer to a request can't be read; the request was done or not.
        public static let invalidAnswer = Self(.invalidAnswer)
        /// The permission request is an older one: the agent no longer waits for its answer.
        public static let permissionStale = Self(.permissionStale)
        /// The permission request was answered before, or is being answered just now.
        public static let permissionAlreadyAnswered = Self(.permissionAlreadyAnswered)
        /// The server does not know the permission request.
        public static let permissionNotFound = Self(.permissionNotFound)
        /// The answer to a permission request is not one of its possible answers.
        public static let permissionOptionNotOffered = Self(.permissionOptionNotOffered)
        /// Status 404 for the stream of a terminal: the runtime has no terminal with this id.
        public static let terminalNotFound = Self(.terminalNotFound)
        /// A fleet follows a workspace with this id already, or is still leaving it.
        public static let alreadyFollowed = Self(.alreadyFollowed)
        /// A fleet is closed: it follows no more workspaces.
        public static let fleetClosed = Self(.fleetClosed)
    }

    /// The instances that the answer of a reused port names.
    public struct Instance: Sendable, Hashable {
        /// The instance that listens on the port now; nil if the answer does not name it.
        public let expectedID: String?
        /// The instance that the client expected.
        public let gotID: String?
        /// The server's hint; nil if there is none.
        public let hint: String?

        /// Creates a value for tests of error handling.
        ///
        /// - Parameters:
        ///   - expectedID: The instance that listens on the port now.
        ///   - gotID: The instance that the client expected.
        ///   - hint: The server's hint.
        public init(expectedID: String? = nil, gotID: String? = nil, hint: String? = nil) {
            (self.expectedID, self.gotID, self.hint) = (expectedID, gotID, hint)
        }
    }

    /// What failed.
    public let code: Code
    /// What exactly is wrong, and what to do; it includes the cause, and its text can't control a terminal.
    public let message: String
    /// The instances that the answer of a reused port names; only with ``Code/instanceGone``.
    public let instance: Instance?
    /// The underlying error, if any.
    public let cause: (any Error)?
    /// Where the error was created, as `Module/File.swift:line`.
    public let location: String

    /// Creates an error like those of the library; for tests of error handling, and for wrappers.
    ///
    /// - Parameters:
    ///   - code: What failed.
    ///   - message: What exactly is wrong, and what to do.
    ///   - instance: The instances that the answer of a reused port names.
    ///   - cause: The underlying error.
    ///   - file: The source file that creates the error.
    ///   - line: The source line that creates the error.
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
