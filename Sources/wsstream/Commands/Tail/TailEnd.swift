import AgentRuntime
import WebSocketProtocol
import WebSocketTransport

/// What ended a tail: the first cause only.
enum TailEnd: Sendable {
    case countReached
    case durationReached
    /// Ctrl-C, or the like.
    case interrupted
    /// The reader of our output left.
    case readerLeft
    case outputFailed(String)
    case closedByServer(WebSocketClosure)
    case failed(AgentRuntimeError)

    /// What the process tells its caller.
    var status: ExitStatus {
        switch self {
        case .countReached, .durationReached, .interrupted, .readerLeft: .clean
        case .outputFailed: .outputFailed
        case .closedByServer(let closure): ExitStatus(serverClosedWith: closure.received?.code)
        case .failed(let error): ExitStatus(error.code)
        }
    }

    /// The cause as one line, which may hold text of the server.
    var description: String {
        switch self {
        case .countReached: "closed by us: the count was reached"
        case .durationReached: "closed by us: the time was over"
        case .interrupted: "closed by us: interrupted"
        case .readerLeft: "closed by us: the reader of the output left"
        case .outputFailed(let reason): "closed by us: the output can't be written: \(reason)"
        case .closedByServer(let closure): "closed by the server: \(closure.received?.description ?? "no code")"
        case .failed(let error): "failed: \(error)"
        }
    }

    /// What went wrong and what to do, for standard error; nil when nothing did.
    var complaint: String? {
        switch self {
        case .countReached, .durationReached, .interrupted, .readerLeft: nil
        case .outputFailed(let reason): "standard output can't be written: \(reason)"
        case .closedByServer(let closure):
            self.status == .clean ? nil : "the server closed the stream: \(closure.received?.description ?? "no code")"
        case .failed(let error): "\(error.message)\(Self.advice(for: error))"
        }
    }

    private static func advice(for error: AgentRuntimeError) -> String {
        switch error.code {
        case .protocolViolation where error.closeCode == .messageTooBig: " Raise it by --max-message-bytes."
        case .unauthorized: " Give the right token by --token-file or \(TokenSource.variable)."
        case .instanceGone: " Ask for the instance's new address; trying again does not help."
        case .connectFailed: " Is agentctl running there? Check host and port."
        case .connectionLost: " The stream broke off; run the command again to go on."
        case .protocolViolation: " Is this an agentctl port?"
        default: ""
        }
    }
}
