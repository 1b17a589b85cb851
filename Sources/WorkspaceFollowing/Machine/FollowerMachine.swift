import AgentRuntime
import WebSocketProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// The life of a follower, as a pure value: when to ask, to wait, to dial, to recover and to end.
///
/// ```
///  idle ─► asking ─► queued ─► dialling ─► attaching ─► recovering ─► live
///            ▲                    │            │             │          │
///            └──── waiting ◄──────┴────────────┴─────────────┴──────────┘   a failure that a retry can mend
///
///  any state ─► ending ─► ended     a close, or a failure that no retry can mend; ended when no operation is left
/// ```
///
/// Everything that takes time is an *operation* with a number. It is registered here in the step that begins it, and
/// leaves only when its driver reports that nothing of it is left, also after it was cancelled. So there is no instant
/// at which a close finds nothing while something is about to begin, and the end waits for all of them.
///
/// Clock and randomness are handed in. The driver holds the value behind one lock: lock, decide, unlock, act.
struct FollowerMachine: Sendable, Hashable {
    private enum State: Sendable, Hashable {
        case idle
        /// The source is being asked; `confirming` is the failure of an instance that is gone, if that is the reason.
        case asking(Operation, confirming: FollowerFailure?)
        /// The next attempt comes later; `confirming` as in `asking`.
        case waiting(Operation, confirming: FollowerFailure?)
        case queued(Operation)
        /// `recovers` says whether something may have been missed before this dial.
        case dialling(Operation, isAttached: Bool, recovers: Bool)
        case attaching(Operation, limit: Operation)
        case recovering(Operation, recovery: Operation)
        case live(Operation, Live)
        case ending(FollowerEnd)
        case ended(FollowerEnd)
    }

    private struct Live: Sendable, Hashable {
        /// Since when.
        let since: Duration
        /// The timer before the next audit, or the audit; nil if none is planned.
        var audit: Operation?
        var isSuspicious = false
        var lastAudit: Duration
        /// Whether we have asked the stream to end, to attach again.
        var attachesAgain = false
    }

    private var state = State.idle
    /// The operations of which something is left, the oldest first.
    private(set) var operations: [Operation] = []
    private var begun = 0
    /// The attempts that have failed since the connection was last good.
    private(set) var failures = 0
    /// When the connection was lost; nil while it is good, and before the first attempt.
    private var lostSince: Duration?
    /// Whether anything was received before, or a position was given: then something may have been missed.
    private(set) var hasHistory: Bool
    /// Whether `connected` was ever received.
    private(set) var hasAttached = false

    init(hasHistory: Bool = false) { self.hasHistory = hasHistory }

    // MARK: A step

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - input: What has happened.
    ///   - now: The time of a monotonic clock.
    ///   - wall: Our clock, in milliseconds since 1970.
    ///   - settings: The configuration.
    ///   - random: Returns a number from 0 to 1.
    /// - Returns: What to do, in this order.
    mutating func step(
        _ input: Input,
        now: Duration,
        wall: Int64 = 0,
        settings: Settings,
        random: @escaping () -> Double
    ) -> [Action] {
        var turn = Turn(now: now, wall: wall, settings: settings, random: random)
        self.take(input, &turn)
        if case .ending(let end) = self.state, self.mayEnd {
            self.state = .ended(end)
            turn.actions += [.state(.gone(end)), .finish(end)]
        }
        return turn.actions
    }

    /// What a step needs and collects.
    private struct Turn {
        let now: Duration
        let wall: Int64
        let settings: Settings
        let random: () -> Double
        var actions: [Action] = []
    }

    private var mayEnd: Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.backOffIsNoMember) { return self.operations.allSatisfy { $0.kind == .wait } }
        #endif
        return self.operations.isEmpty
    }

    private mutating func take(_ input: Input, _ turn: inout Turn) {
        switch input {
        case .start: if self.state == .idle { self.attempt(&turn) }
        case .close: self.end(.closed, &turn)
        case .reconnectNow: self.reconnectNow(&turn)
        case .answered(let operation, let isSame): self.answered(operation, isSame: isSame, &turn)
        case .askFailed(let operation, let failure): self.askFailed(operation, failure, &turn)
        case .waited(let operation): self.waited(operation, &turn)
        case .permitted(let operation): self.permitted(operation, &turn)
        case .dialled(let operation): self.dialled(operation, &turn)
        case .attached(let operation): self.attached(operation, &turn)
        case .recovered(let operation): self.recovered(operation, &turn)
        case .lost(let operation, let failure): self.lost(operation, failure, &turn)
        case .audited(let operation): self.audited(operation, &turn)
        case .suspected: self.suspected(&turn)
        case .attachAgain: self.attachAgain(&turn)
        case .left(let operation): self.leave(operation)
        }
    }

    // MARK: Operations

    private mutating func begin(_ kind: Operation.Kind) -> Operation {
        self.begun += 1
        let operation = Operation(kind: kind, number: self.begun)
        self.operations.append(operation)
        return operation
    }

    private mutating func leave(_ operation: Operation) { self.operations.removeAll { $0 == operation } }

    // MARK: From the attempt to the dial

    private mutating func attempt(confirming failure: FollowerFailure? = nil, _ turn: inout Turn) {
        let operation = self.begin(.ask)
        self.state = .asking(operation, confirming: failure)
        turn.actions += [.state(.dialling(attempt: self.failures + 1)), .ask(operation)]
    }

    private mutating func answered(_ operation: Operation, isSame: Bool, _ turn: inout Turn) {
        self.leave(operation)
        guard case .asking(operation, let gone) = self.state else { return }
        // The instance is gone, and the source still names it: another attempt would find the same.
        if let gone, isSame { return self.end(.failed(gone), &turn) }
        let permit = self.begin(.permit)
        self.state = .queued(permit)
        turn.actions.append(.permit(permit))
    }

    private mutating func askFailed(_ operation: Operation, _ failure: FollowerFailure, _ turn: inout Turn) {
        self.leave(operation)
        guard case .asking(operation, _) = self.state else { return }
        self.failed(failure, &turn)
    }

    private mutating func permitted(_ operation: Operation, _ turn: inout Turn) {
        self.leave(operation)
        guard case .queued(operation) = self.state else { return }
        let stream = self.begin(.stream)
        self.state = .dialling(stream, isAttached: false, recovers: self.hasHistory)
        turn.actions.append(.dial(stream))
    }

    // MARK: From the dial to a live stream

    private mutating func dialled(_ operation: Operation, _ turn: inout Turn) {
        guard case .dialling(operation, let isAttached, let recovers) = self.state else {
            // It was told to end before the driver knew the stream.
            return turn.actions.append(.cancel(operation))
        }
        guard recovers else { return self.goLive(operation, isTold: isAttached, &turn) }
        turn.actions.append(.state(.recovering))
        #if RED_CONTROLS
        if RedControl.isActive(.asksBeforeTheAttach) { return self.recover(operation, &turn) }
        #endif
        if isAttached { return self.recover(operation, &turn) }
        let limit = self.begin(.attachLimit)
        self.state = .attaching(operation, limit: limit)
        turn.actions.append(.wait(limit, turn.settings.attachLimit))
    }

    private mutating func attached(_ operation: Operation, _ turn: inout Turn) {
        switch self.state {
        case .dialling(operation, _, let recovers):
            // Events can come before the driver knows the stream; the consumer is told before the first one.
            if !recovers, !self.isTold { turn.actions.append(.state(.live)) }
            (self.hasAttached, self.hasHistory) = (true, true)
            self.state = .dialling(operation, isAttached: true, recovers: recovers)
        case .attaching(operation, let limit):
            self.hasAttached = true
            turn.actions.append(.cancel(limit))
            self.recover(operation, &turn)
        case .live(operation, _), .recovering(operation, _): (self.hasAttached, self.hasHistory) = (true, true)
        default: break
        }
    }

    private mutating func recover(_ stream: Operation, _ turn: inout Turn) {
        let recovery = self.begin(.recovery)
        self.state = .recovering(stream, recovery: recovery)
        turn.actions.append(.recover(recovery, stream: stream))
    }

    private mutating func recovered(_ operation: Operation, _ turn: inout Turn) {
        self.leave(operation)
        guard case .recovering(let stream, operation) = self.state else { return }
        self.goLive(stream, &turn)
    }

    /// Whether the consumer was told already that the connection is live.
    private var isTold: Bool { if case .dialling(_, true, _) = self.state { true } else { false } }

    private mutating func goLive(_ stream: Operation, isTold: Bool = false, _ turn: inout Turn) {
        self.lostSince = nil
        var live = Live(since: turn.now, lastAudit: turn.now)
        if let interval = turn.settings.auditInterval {
            let timer = self.begin(.auditTimer)
            live.audit = timer
            turn.actions.append(.wait(timer, interval))
        }
        self.state = .live(stream, live)
        if !isTold { turn.actions.append(.state(.live)) }
    }

    // MARK: Failures and waits

    private mutating func lost(_ operation: Operation, _ failure: FollowerFailure, _ turn: inout Turn) {
        self.leave(operation)
        switch self.state {
        case .dialling(operation, _, _): break
        case .attaching(operation, let limit): turn.actions.append(.cancel(limit))
        case .recovering(operation, let recovery): turn.actions.append(.cancel(recovery))
        case .live(operation, let live):
            if let audit = live.audit { turn.actions.append(.cancel(audit)) }
            if turn.now - live.since >= turn.settings.reconnect.resetAfter { self.failures = 0 }
        default: return
        }
        self.failed(failure, &turn)
    }

    private mutating func failed(_ failure: FollowerFailure, _ turn: inout Turn) {
        let policy = turn.settings.reconnect
        if self.lostSince == nil { self.lostSince = turn.now }
        // We have ended the stream ourselves, so nothing has failed.
        if failure.kind == .reattach { return self.waitBeforeAttempt(failure, &turn) }
        self.failures += 1
        guard failure.retry.canHelp else {
            guard failure.isInstanceGone else { return self.end(.failed(failure), &turn) }
            // The source may know where the runtime is now. After several such failures ask it later, and not at once:
            // a source that names one dead instance after the other must not make us dial without a pause.
            if self.failures > 1 { return self.waitBeforeAttempt(failure, confirming: failure, &turn) }
            return self.attempt(confirming: failure, &turn)
        }
        if let maximum = policy.maximumAttempts, self.failures >= maximum { return self.end(.gaveUp(failure), &turn) }
        if let maximum = policy.maximumTime, let since = self.lostSince, turn.now - since >= maximum {
            return self.end(.gaveUp(failure), &turn)
        }
        self.waitBeforeAttempt(failure, &turn)
    }

    private mutating func waitBeforeAttempt(
        _ failure: FollowerFailure,
        confirming gone: FollowerFailure? = nil,
        _ turn: inout Turn
    ) {
        let delay = turn.settings.reconnect.delay(after: self.failures, failure.retry, random: turn.random())
        let wait = self.begin(.wait)
        self.state = .waiting(wait, confirming: gone)
        let until = turn.wall + delay.wholeMilliseconds
        let next = FollowerWait(attempt: self.failures + 1, delay: delay, until: until, failure: failure)
        turn.actions += [.state(.waiting(next)), .wait(wait, delay)]
    }

    private mutating func waited(_ operation: Operation, _ turn: inout Turn) {
        self.leave(operation)
        switch self.state {
        case .waiting(operation, let gone): self.attempt(confirming: gone, &turn)
        // `connected` did not come. The report of the stream will say that it is lost.
        case .attaching(let stream, operation): turn.actions.append(.cancel(stream))
        case .live(let stream, var live) where live.audit == operation:
            let audit = self.begin(.audit)
            (live.audit, live.isSuspicious, live.lastAudit) = (audit, false, turn.now)
            self.state = .live(stream, live)
            turn.actions.append(.audit(audit))
        default: break
        }
    }

    private mutating func reconnectNow(_ turn: inout Turn) {
        guard case .waiting(let wait, let gone) = self.state else { return }
        turn.actions.append(.cancel(wait))
        self.attempt(confirming: gone, &turn)
    }

    // MARK: While live

    private mutating func suspected(_ turn: inout Turn) {
        guard case .live(let stream, var live) = self.state, !live.isSuspicious else { return }
        live.isSuspicious = true
        // An audit that runs may have asked already, so another one follows it.
        if live.audit?.kind != .audit { self.planAudit(&live, soon: true, &turn) }
        self.state = .live(stream, live)
    }

    private mutating func audited(_ operation: Operation, _ turn: inout Turn) {
        self.leave(operation)
        guard case .live(let stream, var live) = self.state, live.audit == operation else { return }
        live.audit = nil
        self.planAudit(&live, soon: live.isSuspicious, &turn)
        self.state = .live(stream, live)
    }

    private mutating func planAudit(_ live: inout Live, soon: Bool, _ turn: inout Turn) {
        if let timer = live.audit { turn.actions.append(.cancel(timer)) }
        live.audit = nil
        let sinceLast = turn.now - live.lastAudit
        let shortest = max(.zero, turn.settings.shortestAuditInterval - sinceLast)
        guard let delay = soon ? shortest : turn.settings.auditInterval else { return }
        let timer = self.begin(.auditTimer)
        live.audit = timer
        turn.actions.append(.wait(timer, delay))
    }

    private mutating func attachAgain(_ turn: inout Turn) {
        guard case .live(let stream, var live) = self.state, !live.attachesAgain else { return }
        live.attachesAgain = true
        self.state = .live(stream, live)
        turn.actions.append(.cancel(stream))
    }

    // MARK: The end

    private mutating func end(_ end: FollowerEnd, _ turn: inout Turn) {
        switch self.state {
        case .ending, .ended: return
        default: break
        }
        self.state = .ending(end)
        turn.actions += self.operations.map(Action.cancel)
    }

    // MARK: Reading the state

    /// Whether it has ended, or is ending.
    var isEnding: Bool {
        switch self.state {
        case .ending, .ended: true
        default: false
        }
    }

    /// Whether it has ended, or is ending, because of a failure.
    var hasFailed: Bool {
        switch self.state {
        case .ending(let end), .ended(let end): end.failure != nil
        default: false
        }
    }

    /// Whether nothing is left.
    var hasEnded: Bool { if case .ended = self.state { true } else { false } }

    /// Whether the end of the current stream was asked for by us, to attach again.
    var attachesAgain: Bool { if case .live(_, let live) = self.state { live.attachesAgain } else { false } }

    /// The stream whose events count; nil if there is none.
    var stream: Operation? {
        switch self.state {
        case .dialling(let stream, _, _), .attaching(let stream, _), .recovering(let stream, _), .live(let stream, _):
            stream
        default: nil
        }
    }

    /// Whether live events must be held back: what was missed has not been delivered yet.
    var holdsBack: Bool {
        switch self.state {
        case .dialling(_, _, let recovers): recovers
        case .attaching, .recovering: true
        default: false
        }
    }

    /// Whether this recovery is the one that counts.
    func isCurrent(recovery operation: Operation) -> Bool {
        if case .recovering(_, operation) = self.state { true } else { false }
    }

    /// Whether this audit is the one that counts.
    func isCurrent(audit operation: Operation) -> Bool {
        if case .live(_, let live) = self.state { live.audit == operation } else { false }
    }

    /// Whether the runtime may have dropped events since the last audit.
    var isSuspicious: Bool { if case .live(_, let live) = self.state { live.isSuspicious } else { false } }

    /// Whether the connection is live.
    var isLive: Bool { if case .live = self.state { true } else { false } }
}
