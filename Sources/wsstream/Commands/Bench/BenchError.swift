import CommandIO

/// Why a measurement has no result although the connection did not fail.
enum BenchError: Error, Equatable {
    /// The server closed before the last answer.
    case closedEarly(after: Int, of: Int)
    /// The server did not answer our Close frame in time, so it may not have read all messages.
    case closeUnanswered
    /// The server's count differs from ours.
    case miscounted(sent: String, answer: String)

    /// What is wrong, and what to do.
    var complaint: String {
        switch self {
        case .closedEarly(let done, let count):
            "the server closed after \(done) of \(count) messages; does it support this measurement?"
        case .closeUnanswered: "the server did not answer the close in time, so it may not have read all messages"
        case .miscounted(let sent, let answer):
            "the server answered \(answer.prefix(200))\(answer.count > 200 ? "..." : "") to 'count', but \(sent) was sent; use --no-wait with other servers"
        }
    }

    /// The exit code of the process.
    var status: ExitStatus {
        switch self {
        case .closedEarly, .closeUnanswered: .connectionLost
        case .miscounted: .protocolError
        }
    }
}
