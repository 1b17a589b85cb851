import AgentRuntime
import CommandIO
import WebSocketProtocol
import WebSocketTransport
import WorkspaceFollowing

/// The first cause that ended a tail.
enum TailEnd: Sendable {
    case countReached
    case durationReached
    /// A signal, such as that of Ctrl-C.
    case interrupted
    /// The reader of our output has left.
    case readerLeft
    case outputFailed(String)
    case closedByServer(WebSocketClosure)
    case failed(AgentRuntimeError)
    /// It is not known where the runtime is.
    case notFound(CommandFailure)
    /// A gap, at which it was told to end.
    case missed(Gap)

    /// The exit code of the process.
    var status: ExitStatus {
        switch self {
        case .countReached, .durationReached, .interrupted, .readerLeft: .clean
        case .outputFailed: .outputFailed
        case .closedByServer(let closure): ExitStatus(serverClosedWith: closure.received?.code)
        case .failed(let error): ExitStatus(error)
        case .notFound(let failure): failure.status
        case .missed: .missed
        }
    }

    /// The cause as one line.
    var description: SafeText {
        switch self {
        case .countReached: "closed by us: the count was reached"
        case .durationReached: "closed by us: the time was over"
        case .interrupted: "closed by us: interrupted"
        case .readerLeft: "closed by us: the reader of the output left"
        case .outputFailed(let reason): "closed by us: the output can't be written: \(reason)"
        case .closedByServer(let closure): "closed by the server: \(Self.words(closure))"
        case .failed(let error): "failed: \(error)"
        case .notFound(let failure): "failed: \(failure.text)"
        case .missed(let gap): "closed by us: a gap came: \(GapText.words(gap))"
        }
    }

    /// The error and the advice for standard error; nil if there was no error.
    var complaint: SafeText? {
        switch self {
        case .countReached, .durationReached, .interrupted, .readerLeft: nil
        case .outputFailed(let reason): "standard output can't be written: \(reason)"
        case .closedByServer(let closure):
            switch self.status {
            case .clean: nil
            case .tryLater: "the server closed the stream: \(Self.words(closure)). Try again later."
            case .unauthorized:
                "the server closed the stream: \(Self.words(closure)). Is it the right token for this stream?"
            default: "the server closed the stream: \(Self.words(closure))"
            }
        case .failed(let error): CommandFailure(error).text
        case .notFound(let failure): failure.text
        case .missed(let gap): "events may be missing: \(GapText.words(gap))"
        }
    }

    private static func words(_ closure: WebSocketClosure) -> String { closure.received?.description ?? "no code" }
}
