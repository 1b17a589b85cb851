public import WebSocketProtocol

/// How a connection ended, after a normal close or an error.
public struct WebSocketClosure: Sendable, CustomStringConvertible {
    /// What ended the connection, first cause only.
    @nonexhaustive public enum Cause: Sendable {
        // Indirect: each connection has room for several closures before it has one.
        /// Both sides have sent a Close frame (RFC 6455 §7.1.4); it does not matter which side was first.
        case closingHandshake
        /// We closed, and the peer did not answer within the configured time.
        case closeTimedOut
        /// ``WebSocketConnection/abort()`` was called.
        case aborted
        /// The connection failed: a violation, a lost connection, a timeout, or a limit.
        indirect case failed(WebSocketError)

        /// A stable name, usable as a metric label: the name of the case, or the code of the error.
        public var name: String {
            switch self {
            case .closingHandshake: "closingHandshake"
            case .closeTimedOut: "closeTimedOut"
            case .aborted: "aborted"
            case .failed(let error): "\(error.code)"
            }
        }
    }

    /// The cause of the end.
    public let cause: Cause
    /// Which end sent its Close frame first, or nil if none was sent.
    public let initiator: ClosingHandshake.Initiator?
    /// Our Close frame, or nil if none was sent.
    public let sent: CloseFrame?
    /// The peer's Close frame, or nil if none was received.
    public let received: CloseFrame?

    /// Creates the closure from the end of the connection's life and its closing handshake.
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

    /// Creates a closure without a connection, for tests.
    ///
    /// - Parameters:
    ///   - cause: The cause of the end.
    ///   - sent: Our Close frame, or nil.
    ///   - received: The peer's Close frame, or nil; if set, it counts as the first.
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

    /// The error that ended the connection; nil if there was none.
    public var error: WebSocketError? {
        if case .failed(let error) = self.cause { error } else { nil }
    }

    /// The code that describes the end (§7.1.5): the peer's, otherwise ours; nil if no Close frame had one.
    public var code: CloseCode? { self.received?.code ?? self.sent?.code }

    /// Whether and when a new connection can help: the table of docs/ERRORS.md.
    public var retry: RetryAdvice {
        switch self.cause {
        // A close that we asked for is not a failure. A close that the peer asked for has its code.
        case .closingHandshake: self.initiator == .remote ? RetryAdvice(closeCode: self.received?.code) : .now
        case .closeTimedOut: .backOff
        case .aborted: .now
        case .failed(let error): error.retry
        }
    }

    /// The end in one line, for people; control characters are escaped.
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
