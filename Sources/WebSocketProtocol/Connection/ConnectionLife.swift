#if RED_CONTROLS
internal import RedControls
#endif

/// The life of a connection: how far it is, what we still owe the peer, and how it ended.
///
/// ```
///          opened         receivedClose, failed
/// opening ───────► open ────────────────────────► owing
///                   │                               │ consumerCaughtUp, answerTimeIsOver, closeQueued,
///       closeQueued │                               │ receivedClose, failed
///                   ▼    receivedClose, failed      ▼
///                closing ─────────────────────► lingering
///
/// each of them ── end, socketFailed, closeTimeIsOver ──► ending ── channelClosed ──► ended
/// each of them ── channelClosed ───────────────────────────────────────────────────► ended
/// ```
///
/// - `opening`: nobody has the connection yet; becomes `open`.
/// - `open`: messages flow both ways; becomes `closing` when we close, `owing` when the peer has begun the end, or has
///   made us give up.
/// - `owing`: the peer's end has come, and our Close frame waits until the consumer has answered what came before it:
///   nothing can be sent behind a Close frame (RFC 6455 §5.5.1). Bounded in time; becomes `lingering`.
/// - `closing`: our Close frame is queued or sent, and the peer's is awaited, for a time; becomes `lingering`.
/// - `lingering`: nothing more is to be said. When all is written, the peer has a moment to end the TCP connection, which
///   a server ends first (§7.1.1).
/// - `ending`: the channel was told to close, and nothing is read any more; becomes `ended`.
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
        /// Not settled: for who wants to know what the peer had said.
        var debt: Debt?
    }

    // Indirect: each connection has room for its state, and most are open.
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
    /// When the connection ends at once, if it is still there.
    private var limit: Duration?
    private let role: Role

    /// The life of a connection whose handshake is done.
    ///
    /// - Parameter role: Ours.
    package init(role: Role) { self.role = role }

    // MARK: What each read asks

    /// Whether what the socket brings is looked at: not after the end.
    @inlinable package var takesBytes: Bool {
        switch self.state {
        case .ending, .ended: false
        case .opening, .open, .owing, .closing, .lingering: true
        }
    }

    /// Whether messages may still be sent, for all we know, and the consumer decides how much is read.
    @inlinable package var isOpen: Bool {
        switch self.state {
        case .open, .owing: true
        case .opening, .closing, .lingering, .ending, .ended: false
        }
    }

    /// Whether nothing more is to be said, and not all of it was written when it was last looked at.
    @inlinable package var awaitsOutput: Bool {
        if case .lingering(let lingering) = self.state { !lingering.isAllWritten } else { false }
    }

    /// Whether the peer is expected to send messages.
    @inlinable package var expectsMessages: Bool {
        if case .open = self.state { true } else { false }
    }

    // MARK: Events

    /// The connection is in the hands of its user.
    package mutating func opened() -> [Action] {
        guard case .opening = self.state else { return [] }
        self.state = .open
        return [.watch]
    }

    /// The peer's Close frame was received.
    package mutating func receivedClose(_ frame: CloseFrame) -> [Action] { self.began(.answer(frame)) }

    /// The peer has broken a rule, or our side must give up.
    ///
    /// - Parameters:
    ///   - failure: What our side gets to know.
    ///   - frame: What the peer gets to know.
    /// - Returns: What to do, in this order; so for every event.
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
            // The closing handshake has its deadline already.
            self.state = .lingering(Lingering(failure: debt.failure))
            return [debt.action, .awaitOutput]
        case .lingering(var lingering):
            lingering.failure = lingering.failure ?? debt.failure
            self.state = .lingering(lingering)
            return [debt.action]
        case .opening, .ending, .ended: return []
        }
    }

    /// The consumer has answered what came before the peer's end.
    package mutating func consumerCaughtUp() -> [Action] {
        guard case .owing(let debt) = self.state else { return [] }
        return self.settle(debt)
    }

    /// The consumer's time is over.
    package mutating func answerTimeIsOver() -> [Action] { self.consumerCaughtUp() }

    /// Our Close frame is queued behind what was sent.
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

    /// All that is to be said is with the system.
    package mutating func allWritten() -> [Action] {
        guard case .lingering(var lingering) = self.state, !lingering.isAllWritten else { return [] }
        lingering.isAllWritten = true
        self.state = .lingering(lingering)
        // Some servers never end the TCP connection, so a client does not wait for long.
        return self.role == .server ? [.endOutput, .start(.linger)] : [.start(.linger)]
    }

    /// The time of the closing handshake, or that of the peer to end the TCP connection, is over.
    package mutating func closeTimeIsOver() -> [Action] {
        switch self.state {
        case .closing: self.end(.closeTimedOut)
        case .lingering(let lingering): self.end(lingering.isAllWritten ? .socketClosed : .closeTimedOut)
        case .opening, .open, .owing, .ending, .ended: []
        }
    }

    /// The life is bounded: of several limits the shortest counts.
    ///
    /// - Parameters:
    ///   - delay: How long it may still last; not positive ends it now.
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

    /// The socket has failed; after both Close frames it does not matter how the TCP connection ends.
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

    /// The connection is to end at once.
    ///
    /// - Parameter reason: Why, unless there is a cause already.
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

    /// The consumer need not be waited for any more.
    private mutating func settle(_ debt: Debt, and later: Debt? = nil) -> [Action] {
        self.state = .lingering(Lingering(failure: debt.failure ?? later?.failure))
        let steps = [debt, later].compactMap { $0?.action }
        // The time begins before the steps: a step may write all there is, and then another time begins.
        return [.stopAnswerTimer, .start(.close)] + steps + [.readOn, .awaitOutput]
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
