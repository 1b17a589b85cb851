public import WebSocketProtocol

// What the peer said, and whether trying again can help: the table of docs/ERRORS.md.
extension WebSocketError {
    /// The server's answer to a refused upgrade: status, fields and up to 64 KiB of body.
    public var refusal: UpgradeRefusal? { (self.cause as? HandshakeError)?.refusal }

    /// A proxy's answer that it does not connect us.
    public var proxyRefusal: ProxyRefusal? { self.cause as? ProxyRefusal }

    /// The status of the server's refusal, or of its proxy's; nil without one.
    public var httpStatus: Int? { self.refusal?.status ?? self.proxyRefusal?.status }

    /// Where the server's refusal leads, as it says: absolute or relative, with its query, not to be trusted.
    ///
    /// Nil when it leads nowhere.
    public var redirectLocation: String? { self.refusal?.fields.first("Location") }

    /// The code that the peer was told when it had broken a rule; nil for other failures.
    public var closeCode: CloseCode? { (self.cause as? ProtocolViolation)?.closeCode }

    /// Whether, and when, trying again with the same URL and configuration can help.
    public var retry: RetryAdvice {
        switch self.code.name {
        case .invalidConfiguration: .never
        // The system refuses to let us; all else may come to life.
        case .connectFailed, .listenFailed: self.reason == .permissionDenied ? .never : .backOff
        case .connectTimedOut: .backOff
        // Something else than a WebSocket is there.
        case .handshakeFailed: .never
        case .upgradeRefused:
            RetryAdvice(httpStatus: self.httpStatus ?? 0, retryAfter: self.retryAfter)
        case .tlsUntrusted, .tlsExpired, .tlsWrongHost, .tlsFailed: .never
        case .proxyRefused: self.proxyRefusal?.retry(after: self.retryAfter) ?? .never
        case .proxyFailed: .never
        case .redirectRefused, .tooManyRedirects: .never
        case .protocolViolation: self.isOverLimit ? .never : .backOff
        case .connectionLost, .keepaliveTimedOut: .backOff
        // The time itself was the pause.
        case .messageTimedOut: .now
        // It is our own side that ended the connection; another one can be used at once.
        case .messageAbandoned: .now
        case .invalidText: .never
        case .sendTimedOut: .backOff
        // Not on this connection; what ended it says whether another one is worth it.
        case .closed: .never
        // It would perhaps be done twice.
        case .deliveryUnknown: .never
        case .alreadyReceiving: .never
        }
    }

    /// The same message would be as large the next time.
    private var isOverLimit: Bool {
        switch (self.cause as? ProtocolViolation)?.code {
        case .messageTooBig, .tooManyFragments: true
        default: false
        }
    }
}

extension ProxyRefusal {
    /// Whether, and when, asking the proxy again can help.
    func retry(after: Duration?) -> RetryAdvice {
        switch self {
        case .http(let status, _): RetryAdvice(httpStatus: status, retryAfter: after)
        // RFC 1928 §6: failed; network or host unreachable; refused by the host; TTL expired.
        case .socks(1), .socks(3...6): .backOff
        case .socks, .noAcceptableMethod, .credentialsRefused: .never
        }
    }
}
