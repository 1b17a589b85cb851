public import WebSocketProtocol

/// How a connection ended: a value, whether it was a normal close or not.
public struct WebSocketClosure: Sendable, CustomStringConvertible {
    /// What ended the connection, first cause only.
    public enum Cause: Sendable {
        // Indirect: each connection has room for several closures before it has one.
        /// Both Close frames were exchanged (RFC 6455 §7.1.4), by whomever they were begun.
        case closingHandshake
        /// We closed, and the peer did not answer within the configured time.
        case closeTimedOut
        /// ``WebSocketConnection/abort()`` was called.
        case aborted
        /// The peer, or the limits set for it, ended the connection: a violation, a lost connection, a timeout.
        indirect case failed(WebSocketError)

        /// A stable name, fit for a metric label: that of the case, or of the error's code.
        public var name: String {
            switch self {
            case .closingHandshake: "closingHandshake"
            case .closeTimedOut: "closeTimedOut"
            case .aborted: "aborted"
            case .failed(let error): "\(error.code)"
            }
        }
    }

    /// What ended the connection.
    public let cause: Cause
    /// Which end sent its Close frame first, or nil when none was sent.
    public let initiator: ClosingHandshake.Initiator?
    /// Our Close frame, or nil when none was sent.
    public let sent: CloseFrame?
    /// The peer's Close frame, or nil when none was received.
    public let received: CloseFrame?

    /// What a connection's life, and its closing handshake, have come to.
    init(_ end: ConnectionLife<WebSocketError>.End, _ handshake: ClosingHandshake) {
        self.cause =
            switch end {
            case .socketClosed where handshake.isComplete: .closingHandshake
            case .socketClosed: .failed(.endedWithoutHandshake)
            case .closeTimedOut: .closeTimedOut
            case .aborted: .aborted
            case .failed(let error): .failed(error)
            }
        self.initiator = handshake.initiator
        self.sent = handshake.sent
        self.received = handshake.received
    }

    /// Creates a closure that no connection had: for tests of what handles it.
    ///
    /// - Parameters:
    ///   - cause: What ended it.
    ///   - sent: Our Close frame, or nil.
    ///   - received: The peer's Close frame, or nil; then it counts as the first.
    public init(cause: Cause, sent: CloseFrame? = nil, received: CloseFrame? = nil) {
        self.cause = cause
        self.initiator = received != nil ? .remote : sent != nil ? .local : nil
        self.sent = sent
        self.received = received
    }

    /// Whether both Close frames were exchanged.
    public var isClean: Bool {
        if case .closingHandshake = self.cause { true } else { false }
    }

    /// The error that ended the connection, or nil after a close that one end asked for.
    public var error: WebSocketError? {
        if case .failed(let error) = self.cause { error } else { nil }
    }

    /// The code that describes the end (§7.1.5): the peer's, else ours, else nil for a connection that was cut.
    public var code: CloseCode? { self.received?.code ?? self.sent?.code }

    /// Whether, and when, connecting again can help: the table of docs/ERRORS.md.
    public var retry: RetryAdvice {
        switch self.cause {
        // What we asked for is no failure; what the peer asked for has its code.
        case .closingHandshake: self.initiator == .remote ? RetryAdvice(closeCode: self.received?.code) : .now
        case .closeTimedOut: .backOff
        case .aborted: .now
        case .failed(let error): error.retry
        }
    }

    /// The end as one line, for people; nothing in it controls a terminal.
    public var description: String {
        let by = self.initiator.map { $0 == .local ? "by us" : "by the peer" } ?? "without a Close frame"
        let said = self.received.map { ", peer said \($0)" } ?? ""
        return switch self.cause {
        case .closingHandshake: "closed \(by)\(said)"
        case .closeTimedOut: "closed by us, unanswered"
        case .aborted: "aborted by us"
        case .failed(let error): "failed: \(error)"
        }
    }
}
