/// The closing handshake, for both roles (RFC 6455 §7.1).
///
/// ```
///             close / fail                    receivedClose
///     open ─────────────────► closeSent ────────────────────► ended
///       │    receivedClose                                      ▲
///       └───────────────────── (reply is sent) ─────────────────┘
/// ```
///
/// - `open`: neither side has sent a Close frame; can become `closeSent` or `ended`.
/// - `closeSent`: our frame is sent, the peer's is awaited; can become `ended`.
/// - `ended`: both frames were sent, or ours was sent to fail the connection and no answer is awaited.
///
/// The value keeps both Close frames and which end was first. A normal close is a value, not an error.
public struct ClosingHandshake: Sendable, Hashable {
    private enum State { case open, closeSent, ended }

    /// Which end sent its Close frame first.
    public enum Initiator: Sendable, Hashable {
        /// We did.
        case local
        /// The peer did.
        case remote
    }

    private var state = State.open
    /// Our Close frame, after it was given to the connection.
    package private(set) var sent: CloseFrame?
    /// The peer's Close frame, after it was received.
    package private(set) var received: CloseFrame?
    /// Which end was first, or nil if neither has sent a Close frame.
    package private(set) var initiator: Initiator?

    /// Creates the handshake of an open connection.
    package init() {}

    /// Whether messages may still be sent: not after our Close frame (§5.5.1).
    package var allowsSending: Bool { self.sent == nil }
    /// Whether the handshake is over: no Close frame is still to be sent or awaited.
    package var hasEnded: Bool { self.state == .ended }
    /// Whether both Close frames were exchanged.
    package var isComplete: Bool { self.sent != nil && self.received != nil }

    /// What to do when we want to close.
    package enum OnClose: Sendable, Hashable {
        /// Send this frame; nothing may follow it.
        case send(CloseFrame)
        /// Do nothing: our Close frame was already sent.
        case nothing
    }

    /// We want to close.
    ///
    /// - Parameter frame: The frame for the peer.
    /// - Returns: What to do.
    package mutating func close(_ frame: CloseFrame) -> OnClose {
        guard self.state == .open else { return .nothing }
        self.state = .closeSent
        return self.send(frame)
    }

    /// The peer broke the protocol, or our side must give up (§7.1.7): no answer is awaited.
    ///
    /// - Parameter frame: The frame for the peer.
    /// - Returns: What to do.
    package mutating func fail(_ frame: CloseFrame) -> OnClose {
        let wasOpen = self.state == .open
        self.state = .ended
        return wasOpen ? self.send(frame) : .nothing
    }

    /// A Close frame was received.
    ///
    /// - Parameter frame: The peer's frame.
    /// - Returns: What to do. The reply repeats the peer's code (§5.5.1); if the peer sent no code, it is empty.
    package mutating func receivedClose(_ frame: CloseFrame) -> OnClose {
        guard self.received == nil else { return .nothing }
        self.received = frame
        self.initiator = self.initiator ?? .remote
        defer { self.state = .ended }
        guard self.state == .open else { return .nothing }
        return self.send(frame.code.map { CloseFrame($0) } ?? .empty)
    }

    private mutating func send(_ frame: CloseFrame) -> OnClose {
        self.sent = frame
        self.initiator = self.initiator ?? .local
        return .send(frame)
    }
}
