public import WebSocketProtocol
public import WebSocketTransport

// What the peer said, and whether trying again can help: the table of docs/ERRORS.md.
extension AgentRuntimeError {
    /// The error of the WebSocket layer below this one, if any.
    public var webSocketError: WebSocketError? { self.cause as? WebSocketError }

    /// Why the system, or the network, did not do what was asked; nil if it is not to blame.
    public var reason: FailureReason? { self.webSocketError?.reason }

    /// The status of the runtime's refusal, or of its proxy's; nil without one.
    public var httpStatus: Int? { self.webSocketError?.httpStatus }

    /// What `Retry-After` of a refusal says: the time from its arrival on, at most a year; nil without one.
    public var retryAfter: Duration? { self.webSocketError?.retryAfter }

    /// Where the refusal leads, as it says: absolute or relative, with its query, not to be trusted.
    ///
    /// Nil when it leads nowhere.
    public var redirectLocation: String? { self.webSocketError?.redirectLocation }

    /// The code that the runtime was told when it had broken a rule; nil for other failures.
    public var closeCode: CloseCode? { self.webSocketError?.closeCode }

    /// Whether, and when, trying again with the same endpoint, credentials and configuration can help.
    public var retry: RetryAdvice {
        switch self.code.name {
        case .invalidConfiguration, .clientClosed, .closedWhileDialling: .never
        // When the other stream has left.
        case .alreadyOpen: .backOff
        case .notTrusted, .unauthorized, .instanceGone: .never
        case .connectFailed, .connectionLost: self.webSocketError?.retry ?? .backOff
        case .refused, .protocolViolation: self.webSocketError?.retry ?? .never
        // Not on this stream; its end says whether another one is worth it.
        case .streamClosed: .never
        // It would perhaps be done twice.
        case .deliveryUnknown: .never
        case .timedOut: .backOff
        case .alreadyReceiving: .never
        }
    }

    /// Whether trying again, with the same endpoint, credentials and configuration, can't help: ``retry`` is `never`.
    public var isTerminal: Bool { self.retry == .never }
}
