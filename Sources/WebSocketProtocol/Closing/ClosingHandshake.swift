/// The closing handshake as both roles run it (RFC 6455 §7.1).
///
/// ```
///             close / fail                    receivedClose
///     open ─────────────────► closeSent ────────────────────► done
///       │    receivedClose                                      ▲
///       └───────────────────── (reply is sent) ─────────────────┘
/// ```
///
/// - `open`: neither side sent a Close frame; can become `closeSent` or `done`.
/// - `closeSent`: ours is sent, the peer's is awaited; can become `done`.
/// - `done`: both were sent, or ours was sent to fail the connection and no answer is awaited.
///
/// What each side said and who was first are kept; a normal close is a value, not an error.
public struct ClosingHandshake: Sendable, Hashable {
    private enum State { case open, closeSent, done }

    /// Which end sent its Close frame first.
    public enum Initiator: Sendable, Hashable {
        /// We did.
        case local
        /// The peer did.
        case remote
    }

    private var state = State.open
    /// Our Close frame, once it was handed to the connection.
    public private(set) var sent: CloseFrame?
    /// The peer's Close frame, once it was received.
    public private(set) var received: CloseFrame?
    /// Which end was first, or nil while neither sent one.
    public private(set) var initiator: Initiator?

    /// Creates the handshake of an open connection.
    public init() {}

    /// Whether messages may still be sent: not after our Close frame (§5.5.1).
    public var allowsSending: Bool { self.sent == nil }
    /// Whether nothing of the handshake is outstanding.
    public var isDone: Bool { self.state == .done }
    /// Whether both Close frames were exchanged.
    public var isComplete: Bool { self.sent != nil && self.received != nil }

    /// What to do when we want to close.
    package enum OnClose: Sendable, Hashable {
        /// Send this frame; nothing may follow it.
        case send(CloseFrame)
        /// A Close frame was sent before; that one counts.
        case nothing
    }

    /// We want to close.
    ///
    /// - Parameter frame: What to tell the peer.
    /// - Returns: What to do.
    package mutating func close(_ frame: CloseFrame) -> OnClose {
        guard self.state == .open else { return .nothing }
        self.state = .closeSent
        return self.send(frame)
    }

    /// The peer broke the protocol, or our side must give up (§7.1.7): its answer is not awaited.
    ///
    /// - Parameter frame: What to tell the peer.
    /// - Returns: What to do.
    package mutating func fail(_ frame: CloseFrame) -> OnClose {
        let wasOpen = self.state == .open
        self.state = .done
        return wasOpen ? self.send(frame) : .nothing
    }

    /// A Close frame was received.
    ///
    /// - Parameter frame: What the peer says.
    /// - Returns: What to do: the reply carries the peer's code (§5.5.1), or is empty as the peer's frame was.
    package mutating func receivedClose(_ frame: CloseFrame) -> OnClose {
        guard self.received == nil else { return .nothing }
        self.received = frame
        self.initiator = self.initiator ?? .remote
        defer { self.state = .done }
        guard self.state == .open else { return .nothing }
        return self.send(frame.code.map { CloseFrame($0) } ?? .empty)
    }

    private mutating func send(_ frame: CloseFrame) -> OnClose {
        self.sent = frame
        self.initiator = self.initiator ?? .local
        return .send(frame)
    }
}
