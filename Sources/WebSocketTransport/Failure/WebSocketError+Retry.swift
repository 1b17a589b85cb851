public import WebSocketProtocol

// The answer of the peer, and whether a retry can help: the table of docs/ERRORS.md.
extension WebSocketError {
    /// The server's answer to a refused upgrade: status, fields and up to 64 KiB of body.
    public var refusal: UpgradeRefusal? { (self.cause as? HandshakeError)?.refusal }

    /// A proxy's answer that refuses the connection.
    public var proxyRefusal: ProxyRefusal? { self.cause as? ProxyRefusal }

    /// The status of the refusal by the server or the proxy; nil without one.
    public var httpStatus: Int? { self.refusal?.status ?? self.proxyRefusal?.status }

    /// The value of `Location` in the server's refusal: absolute or relative, with its query.
    ///
    /// Nil if there is none. Do not trust it.
    public var redirectLocation: String? { self.refusal?.fields.first("Location") }

    /// The close code that we sent after the peer had broken a rule; nil for other failures.
    public var closeCode: CloseCode? { (self.cause as? ProtocolViolation)?.closeCode }

    /// Whether and when a retry with the same URL and configuration can help.
    public var retry: RetryAdvice {
        switch self.code.name {
        case .invalidConfiguration: .never
        // The system does not allow it; every other reason may pass.
        case .connectFailed, .listenFailed: self.reason == .permissionDenied ? .never : .backOff
        case .connectTimedOut: .backOff
        // The endpoint is not a WebSocket.
        case .handshakeFailed: .never
        case .upgradeRefused:
            RetryAdvice(httpStatus: self.httpStatus ?? 0, retryAfter: self.retryAfter)
        case .tlsUntrusted, .tlsExpired, .tlsWrongHost, .tlsFailed: .never
        case .proxyRefused: self.proxyRefusal?.retry(after: self.retryAfter) ?? .never
        case .proxyFailed: .never
        case .redirectRefused, .tooManyRedirects: .never
        case .protocolViolation: self.isOverLimit ? .never : .backOff
        case .connectionLost, .keepaliveTimedOut: .backOff
        // The time was already the pause before a retry.
        case .messageTimedOut: .now
        // Our side ended the connection; a new one can be used at once.
        case .messageAbandoned: .now
        case .invalidText: .never
        case .sendTimedOut: .backOff
        // A retry on this connection can't help. The end of the connection says whether a new one can.
        case .closed: .never
        // A retry might do the work twice.
        case .deliveryUnknown: .never
        case .alreadyReceiving: .never
        }
    }

    /// Whether the message is over a limit: it would be as large the next time.
    private var isOverLimit: Bool {
        switch (self.cause as? ProtocolViolation)?.code {
        case .messageTooBig, .tooManyFragments: true
        default: false
        }
    }
}

extension ProxyRefusal {
    /// Whether and when another request to the proxy can help.
    func retry(after: Duration?) -> RetryAdvice {
        switch self {
        case .http(let status, _): RetryAdvice(httpStatus: status, retryAfter: after)
        // RFC 1928 §6: general failure; network or host unreachable; connection refused by the host; TTL expired.
        case .socks(1), .socks(3...6): .backOff
        case .socks, .noAcceptableMethod, .credentialsRefused: .never
        }
    }
}
