public import WebSocketProtocol
public import WebSocketTransport

// The details of the failure, and whether a retry can help: the table of docs/ERRORS.md.
extension AgentRuntimeError {
    /// The underlying error of the WebSocket layer, if any.
    public var webSocketError: WebSocketError? { self.cause as? WebSocketError }

    /// The reason from the operating system or the network; nil if neither of them failed.
    public var reason: FailureReason? { self.webSocketError?.reason }

    /// The HTTP status if the runtime, or its proxy, refused the request; else nil.
    public var httpStatus: Int? { self.webSocketError?.httpStatus ?? self.controlRefusal?.status }

    /// The `Retry-After` of a refusal: the time from its arrival, at most a year; nil if there is none.
    public var retryAfter: Duration? { self.webSocketError?.retryAfter ?? self.controlRefusal?.retryAfter }

    /// The redirect target of the refusal, unchanged: absolute or relative, with its query; do not trust it.
    ///
    /// Nil if there is none.
    public var redirectLocation: String? {
        self.webSocketError?.redirectLocation ?? self.controlRefusal?.redirectLocation
    }

    /// The close code that we sent to the runtime because it broke a rule; nil for other failures.
    public var closeCode: CloseCode? { self.webSocketError?.closeCode }

    /// Whether, and when, a retry with the same endpoint, credentials and configuration can help.
    public var retry: RetryAdvice {
        switch self.code.name {
        case .invalidConfiguration, .clientClosed, .closedWhileDialling: .never
        // It may help when the other stream has ended.
        case .alreadyOpen: .backOff
        case .notTrusted, .unauthorized, .instanceGone: .never
        case .credentialsFailed: .backOff
        case .connectFailed, .connectionLost: self.webSocketError?.retry ?? .backOff
        case .refused: self.webSocketError?.retry ?? self.controlRefusal?.retry ?? .never
        case .protocolViolation: self.webSocketError?.retry ?? .never
        // The next answer would be as large, or as strange.
        case .answerTooLarge, .unexpectedAnswer, .alreadyExists: .never
        // A retry on this stream can't help. The end of the stream says whether a new stream can help.
        case .streamClosed: .never
        // A retry could do the command twice.
        case .deliveryUnknown: .never
        case .timedOut: .backOff
        case .alreadyReceiving: .never
        // The agent may have done it, or would answer the same again.
        case .alreadyInitialized, .answerHeldBack, .requestRefused, .invalidAnswer: .never
        case .permissionStale, .permissionAlreadyAnswered, .permissionNotFound, .permissionOptionNotOffered: .never
        // It must be started first.
        case .terminalNotFound: .never
        // The old follower must leave first.
        case .alreadyFollowed: .never
        case .fleetClosed: .never
        }
    }

    /// Whether a retry with the same endpoint, credentials and configuration can't help; then ``retry`` is `never`.
    public var isTerminal: Bool { self.retry == .never }
}

extension ControlRefusal {
    /// Whether, and when, the same call can help, by the status.
    public var retry: RetryAdvice { RetryAdvice(httpStatus: self.status, retryAfter: self.retryAfter) }
}
