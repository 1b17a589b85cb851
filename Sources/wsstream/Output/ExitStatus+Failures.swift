import AgentRuntime
import CommandIO
import MockAgentServer
import RuntimeLifecycle
import WebSocketProtocol
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

// The exit codes for the errors of the libraries.
extension ExitStatus {
    /// The status for an error of the client: that of its WebSocket error, else that of its own code.
    init(_ error: AgentRuntimeError) {
        switch error.code {
        case .instanceGone: self = .refused
        case .unauthorized: self = .unauthorized
        default: self = error.webSocketError.map { Self($0) } ?? Self(error.code)
        }
    }

    /// The status for a code of the client, if nothing else is known.
    init(_ code: AgentRuntimeError.Code) {
        switch code {
        case .invalidConfiguration: self = .usage
        case .unauthorized: self = .unauthorized
        case .instanceGone, .refused, .notTrusted, .alreadyExists: self = .refused
        case .connectFailed, .credentialsFailed: self = .unreachable
        case .connectionLost, .timedOut: self = .connectionLost
        case .protocolViolation, .answerTooLarge, .unexpectedAnswer, .invalidAnswer: self = .protocolError
        case .requestRefused, .alreadyInitialized, .permissionStale, .permissionAlreadyAnswered: self = .refused
        case .permissionNotFound, .permissionOptionNotOffered, .terminalNotFound: self = .refused
        case .answerHeldBack: self = .connectionLost
        default: self = .internalError
        }
    }

    /// The status for an error of a plain WebSocket.
    init(_ error: WebSocketError) {
        switch error.code {
        case .invalidConfiguration: self = .usage
        case .upgradeRefused: self = Self(refusedWith: error)
        case .redirectRefused, .tooManyRedirects, .tlsUntrusted, .tlsExpired, .tlsWrongHost: self = .refused
        case .proxyRefused where error.httpStatus != nil && error.retry.canHelp: self = .tryLater
        case .connectFailed, .connectTimedOut, .listenFailed, .tlsFailed, .proxyRefused, .proxyFailed:
            self = .unreachable
        case .handshakeFailed, .protocolViolation: self = .protocolError
        case .connectionLost, .keepaliveTimedOut, .messageTimedOut, .sendTimedOut, .closed, .deliveryUnknown:
            self = .connectionLost
        default: self = .internalError
        }
    }

    private init(refusedWith error: WebSocketError) {
        #if RED_CONTROLS
        if RedControl.isActive(.refusalsAlike) {
            self = .refused
            return
        }
        #endif
        switch error.httpStatus {
        case 401, 403: self = .unauthorized
        default: self = error.retry.canHelp ? .tryLater : .refused
        }
    }

    /// The status for the code of the server's Close frame; nil is a frame without a code (RFC 6455 §7.4.1).
    init(serverClosedWith code: CloseCode?) {
        switch code?.rawValue {
        case nil, 1000, 1001: self = .clean
        // The server says that the client broke a rule.
        case 1002, 1003, 1007, 1009, 1010: self = .protocolError
        case 3000, 3003, 4401, 4403: self = .unauthorized
        case 1012, 1013, 1014: self = .tryLater
        default: self = RetryAdvice(closeCode: code).canHelp ? .connectionLost : .refused
        }
    }

    /// The status for an error of the mock server.
    init(_ error: MockServerError) { self = error.code == .listenFailed ? .unreachable : .usage }
}
