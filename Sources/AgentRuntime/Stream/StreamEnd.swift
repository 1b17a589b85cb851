public import WebSocketProtocol
public import WebSocketTransport

/// Why a stream ended: one reason, and later errors.
public struct StreamEnd: Sendable, CustomStringConvertible {
    /// The first cause.
    @nonexhaustive public enum Reason: Sendable {
        // Indirect: each stream has room for several ends before it has one.
        /// ``WorkspaceStream/close()`` was called, or nothing referred to the stream any more.
        case closed
        /// ``WorkspaceStream/abort()`` or ``AgentRuntimeClient/abort()`` was called.
        case aborted
        /// ``AgentRuntimeClient/close()`` was called.
        case closedByClient
        /// The server began the closing handshake; the value has its code and reason.
        indirect case closedByServer(WebSocketClosure)
        /// The connection failed: lost, timed out, or the server broke the protocol.
        indirect case failed(AgentRuntimeError)

        /// Whether a graceful close has nothing more to wait for after this reason.
        var abortsClose: Bool {
            switch self {
            case .aborted, .failed: true
            case .closed, .closedByClient, .closedByServer: false
            }
        }
    }

    /// The first cause.
    public let reason: Reason
    /// Further errors while the stream was ending, in order.
    public private(set) var attached: [AgentRuntimeError] = []
    /// The tasks that had not left when the time of a close was over; normally empty.
    ///
    /// They end later. Until then they are in ``AgentRuntimeClient/tasks``, and no other stream can be opened.
    public private(set) var leftBehind: [StreamTaskReport] = []

    /// Creates an end without a stream, for tests.
    ///
    /// - Parameters:
    ///   - reason: The first cause.
    ///   - attached: Further errors.
    ///   - leftBehind: The tasks that had not left in time.
    public init(_ reason: Reason, attached: [AgentRuntimeError] = [], leftBehind: [StreamTaskReport] = []) {
        (self.reason, self.attached, self.leftBehind) = (reason, attached, leftBehind)
    }

    mutating func attach(_ later: Reason) {
        if case .failed(let error) = later { self.attached.append(error) }
    }

    func leaving(_ tasks: [StreamTaskReport]) -> Self {
        var end = self
        end.leftBehind = tasks
        return end
    }

    /// Whether queued commands are still sent and the closing handshake is performed.
    var isGraceful: Bool {
        switch self.reason {
        case .closed, .closedByClient: true
        case .aborted, .closedByServer, .failed: false
        }
    }

    /// The error, if the first cause is an error; nil after a close by client or server.
    public var error: AgentRuntimeError? {
        if case .failed(let error) = self.reason { error } else { nil }
    }

    /// The code of the server's Close frame, or the code that we sent because the server broke a rule; else nil.
    public var closeCode: CloseCode? {
        switch self.reason {
        case .closed, .aborted, .closedByClient: nil
        case .closedByServer(let closure): closure.received?.code
        case .failed(let error): error.closeCode
        }
    }

    /// Whether, and when, it can help to open a new stream: the table of docs/ERRORS.md.
    public var retry: RetryAdvice {
        switch self.reason {
        // The caller wanted this end.
        case .closed, .aborted: .now
        case .closedByClient: .never
        case .closedByServer(let closure): closure.retry
        case .failed(let error): error.retry
        }
    }

    /// The reason as one line, for people; its text can't control a terminal.
    public var description: String {
        switch self.reason {
        case .closed: "closed"
        case .aborted: "aborted"
        case .closedByClient: "closed with its client"
        case .closedByServer(let closure): "closed by the server, \(closure.received?.description ?? "no code")"
        case .failed(let error): "failed: \(error)"
        }
    }
}
