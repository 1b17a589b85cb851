import AgentRuntime
import ArgumentParser
import WebSocketProtocol
import WebSocketTransport

/// What the process tells its caller: one number for each thing that a script may want to tell apart.
///
/// The numbers are those of `sysexits.h` where one fits.
enum ExitStatus: Int32, CaseIterable, Sendable {
    /// It ended as intended: closed by us, closed normally by the server, a limit was reached, or Ctrl-C.
    case clean = 0
    /// The command line, the token file or the environment is not usable; nothing was sent.
    case usage = 64
    /// The server answered, but not with a stream: instance gone (recycled port), wrong path, another status, or a
    /// certificate that is not trusted.
    case refused = 66
    /// Nobody answers at the address.
    case unreachable = 69
    /// Something that should not happen.
    case internalError = 70
    /// Standard output can't be written, for another reason than its reader having left.
    case outputFailed = 74
    /// The stream was open and then lost; trying again may help.
    case connectionLost = 75
    /// One end broke the WebSocket protocol.
    case protocolError = 76
    /// The token is missing or wrong.
    case unauthorized = 77
    /// A second Ctrl-C cut the close short.
    case aborted = 130

    /// One line for the help text.
    var meaning: String {
        switch self {
        case .clean: "clean: a limit was reached, Ctrl-C, or the server closed normally"
        case .usage: "usage: the command line or the token file is not usable"
        case .refused: "refused: no stream there (instance gone, wrong path, other HTTP status, untrusted certificate)"
        case .unreachable: "unreachable: nobody answers at the address"
        case .internalError: "internal error: please report it"
        case .outputFailed: "output failed: standard output can't be written"
        case .connectionLost: "connection lost: the stream was open and broke off; try again"
        case .protocolError: "protocol error: an end broke the WebSocket protocol"
        case .unauthorized: "unauthorized: the token is missing or wrong"
        case .aborted: "aborted: a second Ctrl-C cut the close short"
        }
    }

    /// All statuses, as help texts show them.
    static let table: String = {
        let rows = Self.allCases.map { status in
            let number = String(status.rawValue)
            return String(repeating: " ", count: 5 - number.count) + number + "  " + status.meaning
        }
        return "EXIT CODES:\n" + rows.joined(separator: "\n")
    }()

    /// What an error of the client means.
    init(_ code: AgentRuntimeError.Code) {
        switch code {
        case .invalidConfiguration: self = .usage
        case .unauthorized: self = .unauthorized
        case .instanceGone, .refused, .notTrusted: self = .refused
        case .connectFailed: self = .unreachable
        case .connectionLost, .timedOut: self = .connectionLost
        case .protocolViolation: self = .protocolError
        default: self = .internalError
        }
    }

    /// What an error of a plain WebSocket means.
    init(_ error: WebSocketError) {
        switch error.code {
        case .invalidConfiguration: self = .usage
        case .upgradeRefused: self = error.refusal?.status == 401 ? .unauthorized : .refused
        case .tlsUntrusted, .tlsExpired, .tlsWrongHost: self = .refused
        case .connectFailed, .connectTimedOut, .tlsFailed, .proxyRefused, .proxyFailed: self = .unreachable
        case .handshakeFailed, .protocolViolation: self = .protocolError
        case .connectionLost, .keepaliveTimedOut, .sendTimedOut, .closed: self = .connectionLost
        default: self = .internalError
        }
    }

    /// What the code of the server's Close frame means; nil is a frame without one (RFC 6455 §7.4.1).
    init(serverClosedWith code: CloseCode?) {
        switch code {
        case nil, .normalClosure, .goingAway: self = .clean
        // The server says that it was us who broke a rule.
        case .protocolError, .unsupportedData, .invalidFramePayloadData, .messageTooBig, .mandatoryExtension:
            self = .protocolError
        case .policyViolation: self = .refused
        default: self = .connectionLost
        }
    }

    /// Ends the process with this status, through the argument parser.
    var exitCode: ExitCode { ExitCode(self.rawValue) }
}
