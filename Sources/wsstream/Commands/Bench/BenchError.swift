import CommandIO

/// Why a measurement has no result, though the connection did not fail.
enum BenchError: Error, Equatable {
    /// The server closed before the last answer.
    case closedEarly(after: Int, of: Int)
    /// The server did not answer our Close frame in time: it may not have read all that came before.
    case closeUnanswered
    /// The server's count is not ours.
    case miscounted(sent: String, answer: String)

    /// What is wrong, and what to do.
    var complaint: String {
        switch self {
        case .closedEarly(let done, let count):
            "the server closed after \(done) of \(count) messages; does it do what this measurement needs?"
        case .closeUnanswered: "the server did not answer the close in time, so it may not have read all messages"
        case .miscounted(let sent, let answer):
            "the server answered \(answer.prefix(200))\(answer.count > 200 ? "..." : "") to 'count', but \(sent) was sent; use --no-wait with other servers"
        }
    }

    /// What the process tells its caller.
    var status: ExitStatus {
        switch self {
        case .closedEarly, .closeUnanswered: .connectionLost
        case .miscounted: .protocolError
        }
    }
}
