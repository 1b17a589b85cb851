#if RED_CONTROLS
internal import RedControls
#endif

/// The life of a connection, as a pure value: its state, the Close frame that we still owe, and how it ended.
///
/// ```
///          opened         receivedClose, failed
/// opening ───────► open ────────────────────────► owing
///                   │                               │ consumerCaughtUp, answerTimeIsOver, closeQueued,
///       closeQueued │                               │ receivedClose, failed
///                   ▼    receivedClose, failed      ▼
///                closing ─────────────────────► lingering
///
/// each of these ── end, socketFailed, closeTimeIsOver ──► ending ── channelClosed ──► ended
/// each of these ── channelClosed ───────────────────────────────────────────────────► ended
/// ```
///
/// - `opening`: the user does not have the connection yet. It becomes `open`.
/// - `open`: messages go both ways. It becomes `closing` when we close, and `owing` when the peer has closed or we must
///   fail the connection.
/// - `owing`: we owe a Close frame, but it waits until the consumer has answered the messages that came before.
///   The reason: no message may be sent after a Close frame (RFC 6455 §5.5.1). The wait is bounded. It becomes
///   `lingering`.
/// - `closing`: our Close frame is queued or sent, and we wait for the peer's, for a limited time. It becomes
///   `lingering`.
/// - `lingering`: we have nothing more to say. When all is written, the peer gets a short time to end the TCP
///   connection; a server ends it first (§7.1.1).
/// - `ending`: the channel was told to close, and nothing is read any more. It becomes `ended`.
/// - `ended`: the channel is closed.
///
/// The first cause of the end counts. This value owns the life alone: what is sent, and which Close frames were exchanged,
/// is ``ClosingHandshake``'s; which Pings are on their way, ``PingLedger``'s; what is read, ``MessageReader``'s and
/// ``Backpressure``'s. It knows no clock: a time begins by an action, and its end is an event.
// Usable from inline, or what each read asks would not be compiled into the handler.
@usableFromInline
package struct ConnectionLife<Failure: Error>: Sendable {
    @usableFromInline
    struct Lingering: Sendable {
        @usableFromInline var failure: Failure?
        @usableFromInline var isAllWritten = false
    }

    @usableFromInline
    struct Ending: Sendable {
        var end: End
        /// The Close frame that was still owed; not sent any more, but the closure shows what the peer had said.
        var debt: Debt?
    }

    // Indirect, to keep the value small: every connection has one, and most connections are open.
    @usableFromInline
    enum State: Sendable {
        case opening
        case open
        indirect case owing(Debt)
        case closing
        indirect case lingering(Lingering)
        indirect case ending(Ending)
        indirect case ended(End)
    }

    @usableFromInline var state = State.opening
    /// The time at which the connection is aborted, if it has not ended.
    private var limit: Duration?
    private let role: Role

    /// Creates the life of a connection after its opening handshake.
    ///
    /// - Parameter role: Our role.
    package init(role: Role) { self.role = role }

    // MARK: Asked at each read

    /// Whether received bytes are processed; false after the end.
    @inlinable package var takesBytes: Bool {
        switch self.state {
        case .ending, .ended: false
        case .opening, .open, .owing, .closing, .lingering: true
        }
    }

    /// Whether messages may still be sent, and the consumer decides how much is read.
    ///
    /// Another thread may already have queued our Close frame; ``closeQueued()`` reports that later.
    @inlinable package var isOpen: Bool {
        switch self.state {
        case .open, .owing: true
        case .opening, .closing, .lingering, .ending, .ended: false
        }
    }

    /// Whether we have nothing more to say, and not all of it was written at the last check.
    @inlinable package var awaitsOutput: Bool {
        if case .lingering(let lingering) = self.state { !lingering.isAllWritten } else { false }
    }

    /// Whether the peer is expected to send messages.
    @inlinable package var expectsMessages: Bool {
        if case .open = self.state { true } else { false }
    }

    // MARK: Events

    /// The user has the connection now.
    package mutating func opened() -> [Action] {
        guard case .opening = self.state else { return [] }
        self.state = .open
        return [.watch]
    }

    /// The peer's Close frame was received.
    package mutating func receivedClose(_ frame: CloseFrame) -> [Action] { self.began(.answer(frame)) }

    /// The peer has broken a rule, or we must fail the connection for another reason.
    ///
    /// - Parameters:
    ///   - failure: The error for our side.
    ///   - frame: The Close frame for the peer.
    /// - Returns: The actions to perform in this order, as for every event.
    package mutating func failed(_ failure: Failure, telling frame: CloseFrame) -> [Action] {
        self.began(.explanation(frame, failure))
    }

    private mutating func began(_ debt: Debt) -> [Action] {
        switch self.state {
        case .open:
            #if RED_CONTROLS
            if RedControl.isActive(.closeWaitsForNoConsumer) { return self.settle(debt) }
            #endif
            self.state = .owing(debt)
            return [.awaitConsumer]
        case .owing(let first): return self.settle(first, and: debt)
        case .closing:
            // The timer of the closing handshake already runs.
            self.state = .lingering(Lingering(failure: debt.failure))
            return [debt.action, .awaitOutput]
        case .lingering(var lingering):
            lingering.failure = lingering.failure ?? debt.failure
            self.state = .lingering(lingering)
            return [debt.action]
        case .opening, .ending, .ended: return []
        }
    }

    /// The consumer has answered all messages that came before the end.
    package mutating func consumerCaughtUp() -> [Action] {
        guard case .owing(let debt) = self.state else { return [] }
        return self.settle(debt)
    }

    /// The time for the consumer's answers is over.
    package mutating func answerTimeIsOver() -> [Action] { self.consumerCaughtUp() }

    /// Our Close frame is queued after all queued messages.
    package mutating func closeQueued() -> [Action] {
        switch self.state {
        case .open:
            self.state = .closing
            #if RED_CONTROLS
            if RedControl.isActive(.closeWithoutTime) { return [.readOn] }
            #endif
            return [.start(.close), .readOn]
        case .owing(let debt): return self.settle(debt)
        case .opening, .closing, .lingering, .ending, .ended: return []
        }
    }

    /// The system has taken everything that we had to say.
    package mutating func allWritten() -> [Action] {
        guard case .lingering(var lingering) = self.state, !lingering.isAllWritten else { return [] }
        lingering.isAllWritten = true
        self.state = .lingering(lingering)
        // Some servers never end the TCP connection, so a client does not wait for long.
        return self.role == .server ? [.endOutput, .start(.linger)] : [.start(.linger)]
    }

    /// The time of the closing handshake, or the time for the peer to end the TCP connection, is over.
    package mutating func closeTimeIsOver() -> [Action] {
        switch self.state {
        case .closing: self.end(.closeTimedOut)
        case .lingering(let lingering): self.end(lingering.isAllWritten ? .socketClosed : .closeTimedOut)
        case .opening, .open, .owing, .ending, .ended: []
        }
    }

    /// Limits the life of the connection; if there are several limits, the earliest counts.
    ///
    /// - Parameters:
    ///   - delay: How long the connection may still last; zero or less aborts it now.
    ///   - now: The time, on the clock of ``Action/endLater(at:)``.
    /// - Returns: What to do.
    package mutating func limited(to delay: Duration, now: Duration) -> [Action] {
        guard self.takesBytes else { return [] }
        guard delay > .zero else { return self.end(.aborted) }
        let end = now + delay
        if let limit = self.limit, limit <= end { return [] }
        self.limit = end
        return [.endLater(at: end)]
    }

    /// The socket has failed; after the peer's Close frame or an earlier failure, this counts only as the end of TCP.
    package mutating func socketFailed(_ failure: @autoclosure () -> Failure) -> [Action] {
        switch self.state {
        case .opening, .open, .closing: return self.end(.failed(failure()))
        case .owing(let debt):
            self.state = .lingering(Lingering(failure: debt.failure))
            return [.stopAnswerTimer, debt.action] + self.end(.socketClosed)
        case .lingering: return self.end(.socketClosed)
        case .ending, .ended: return []
        }
    }

    /// Ends the connection at once.
    ///
    /// - Parameter reason: The cause of the end, unless there is an earlier one.
    /// - Returns: What to do.
    package mutating func end(_ reason: End) -> [Action] {
        let ending: Ending
        switch self.state {
        case .owing(let debt): ending = Ending(end: Self.first(debt.failure, else: reason), debt: debt)
        case .lingering(let lingering): ending = Ending(end: Self.first(lingering.failure, else: reason))
        case .opening, .open, .closing: ending = Ending(end: reason)
        case .ending, .ended: return []
        }
        self.state = .ending(ending)
        return [.closeChannel]
    }

    /// The channel is closed, by us or by the peer.
    package mutating func channelClosed() -> [Action] {
        if self.takesBytes { _ = self.end(.socketClosed) }
        guard case .ending(let ending) = self.state else { return [] }
        self.state = .ended(ending.end)
        #if RED_CONTROLS
        if RedControl.isActive(.debtForgotten) { return [.finish(ending.end)] }
        #endif
        guard let debt = ending.debt else { return [.finish(ending.end)] }
        return [debt.action, .finish(ending.end)]
    }

    /// Stops waiting for the consumer, and sends the owed Close frame.
    private mutating func settle(_ debt: Debt, and later: Debt? = nil) -> [Action] {
        self.state = .lingering(Lingering(failure: debt.failure ?? later?.failure))
        let steps = [debt, later].compactMap { $0?.action }
        // The timer starts before the steps, because a step may write everything, and then the next timer starts. Reading
        // resumes before them, too: a write that fails ends the connection, and nothing is reported after that.
        return [.stopAnswerTimer, .start(.close), .readOn] + steps + [.awaitOutput]
    }

    private static func first(_ failure: Failure?, else end: End) -> End {
        #if RED_CONTROLS
        if RedControl.isActive(.lastCauseOfAnEndCounts) { return end }
        #endif
        return failure.map { .failed($0) } ?? end
    }
}

extension ConnectionLife: Equatable where Failure: Equatable {}
extension ConnectionLife.State: Equatable where Failure: Equatable {}
extension ConnectionLife.Lingering: Equatable where Failure: Equatable {}
extension ConnectionLife.Ending: Equatable where Failure: Equatable {}
extension ConnectionLife: Hashable where Failure: Hashable {}
extension ConnectionLife.State: Hashable where Failure: Hashable {}
extension ConnectionLife.Lingering: Hashable where Failure: Hashable {}
extension ConnectionLife.Ending: Hashable where Failure: Hashable {}
