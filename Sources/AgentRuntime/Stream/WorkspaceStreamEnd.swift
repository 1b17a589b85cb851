public import WebSocketProtocol
public import WebSocketTransport

/// Why a stream ended: one reason, and what went wrong after it.
public struct WorkspaceStreamEnd: Sendable, CustomStringConvertible {
    /// The first cause.
    @nonexhaustive public enum Reason: Sendable {
        // Indirect: each stream has room for several ends before it has one.
        /// ``WorkspaceStream/close()`` was called, or nobody held the stream any more.
        case closed
        /// ``WorkspaceStream/abort()`` or ``AgentRuntimeClient/abort()`` was called.
        case aborted
        /// ``AgentRuntimeClient/close()`` was called.
        case closedByClient
        /// The server closed the connection by a closing handshake; its code and reason are inside.
        indirect case closedByServer(WebSocketClosure)
        /// The connection failed: lost, timed out, or the server broke the protocol.
        indirect case failed(AgentRuntimeError)

        /// Whether it leaves a graceful close nothing to wait for.
        var cutsShort: Bool {
            switch self {
            case .aborted, .failed: true
            case .closed, .closedByClient, .closedByServer: false
            }
        }
    }

    /// The first cause.
    public let reason: Reason
    /// What else failed while the stream was ending, in order.
    public private(set) var attached: [AgentRuntimeError] = []
    /// The tasks that had not left when a close ran out of time; empty, unless something holds one.
    ///
    /// They finish later; until then ``AgentRuntimeClient/tasks`` counts them and no other stream can be opened.
    public private(set) var leftBehind: [StreamTaskReport] = []

    /// Creates an end that no stream had: for tests of what handles it.
    ///
    /// - Parameters:
    ///   - reason: The first cause.
    ///   - attached: What else failed.
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

    /// Whether what is queued is still sent, and the closing handshake performed.
    var isGraceful: Bool {
        switch self.reason {
        case .closed, .closedByClient: true
        case .aborted, .closedByServer, .failed: false
        }
    }

    /// The error, when the first cause is one; nil after a close that either end asked for.
    public var error: AgentRuntimeError? {
        if case .failed(let error) = self.reason { error } else { nil }
    }

    /// The code of the server's Close frame, or the one that it was told when it had broken a rule; else nil.
    public var closeCode: CloseCode? {
        switch self.reason {
        case .closed, .aborted, .closedByClient: nil
        case .closedByServer(let closure): closure.received?.code
        case .failed(let error): error.closeCode
        }
    }

    /// Whether, and when, opening a stream again can help: the table of docs/ERRORS.md.
    public var retry: RetryAdvice {
        switch self.reason {
        // It was our own wish.
        case .closed, .aborted: .now
        case .closedByClient: .never
        case .closedByServer(let closure): closure.retry
        case .failed(let error): error.retry
        }
    }

    /// The reason as one line, for people; nothing in it controls a terminal.
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
