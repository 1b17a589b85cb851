import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// The callers that wait for a pong; the driver of ``PingOrder``, behind one lock.
final class PingWaiters: Sendable {
    typealias Answer = Promise<Result<Duration, any Error>>

    /// One call of ``WorkspaceStream/ping()``.
    struct Ping: Sendable {
        let id: PingOrder.ID
        let begunAt: Duration
        let answer: Answer
    }

    private struct State {
        var order: PingOrder
        var lastID: PingOrder.ID = 0
        var answers: [PingOrder.ID: Answer] = [:]
        var hasEnded = false
        /// Whether there are uncertain pongs, and the timer for them.
        var isInDoubt = false
        var timer: (any RuntimeTimer)?
    }

    /// After this time without a further pong, uncertain pongs count as the answers.
    private static let patience = Duration.seconds(1)

    private let state: Locked<State>
    private let timers: any RuntimeTimers
    /// Sends a WebSocket Ping; when it is answered, it calls back with the number of messages received before.
    private let sendMarker: @Sendable (@escaping @Sendable (Int) -> Void) -> Void

    /// - Parameters:
    ///   - timeout: How long a caller waits for a pong. A ping is owed an answer for four times as long.
    ///   - timers: The timers to use.
    ///   - sendMarker: Sends a WebSocket Ping, and calls back when it is answered.
    init(
        timeout: Duration,
        timers: any RuntimeTimers,
        sendMarker: @escaping @Sendable (@escaping @Sendable (Int) -> Void) -> Void
    ) {
        self.state = Locked(State(order: PingOrder(maximumAge: timeout * 4)))
        self.timers = timers
        self.sendMarker = sendMarker
    }

    /// The number of pings that are kept, with or without a waiting caller.
    var count: Int { self.state.withLock { max($0.order.count, $0.answers.count) } }

    private var now: Duration { self.timers.now }

    /// Begins a ping.
    ///
    /// - Returns: The call, and whether to send a ping for it; not if too many pings are owed an answer.
    /// - Throws: ``AgentRuntimeError`` if no pong can come any more.
    func newPing() throws(AgentRuntimeError) -> (ping: Ping, isToBeSent: Bool) {
        let (answer, now) = (Answer(), self.now)
        return try self.state.withLock { state throws(AgentRuntimeError) in
            guard !state.hasEnded else { throw .commandNotSent }
            state.lastID += 1
            state.answers[state.lastID] = answer
            return (Ping(id: state.lastID, begunAt: now, answer: answer), state.order.allowsSending(now: now))
        }
    }

    /// Registers a ping just before the connection gets it.
    func sends(_ ping: Ping) {
        let now = self.now
        self.perform { state in
            state.order.sends(ping.id, begunAt: ping.begunAt, now: now)
            // Its caller may have left after the writer had taken the ping.
            if state.answers[ping.id] == nil { state.order.stopsWaiting(ping.id) }
            return []
        }
    }

    /// The connection has queued the ping.
    func queued(_ ping: Ping) {
        self.perform { state in
            state.order.queued(ping.id)
            return []
        }
        // If the stream has ended in the meantime, `end()` has left this ping to the writer.
        if self.state.withLock({ $0.hasEnded }) { self.giveUp(ping, .pingUnanswered) }
    }

    /// Fails a ping that was not sent.
    func fail(_ ping: Ping, _ error: AgentRuntimeError) {
        self.perform { state in
            state.order.withdraw(ping.id)
            state.answers[ping.id] = nil
            return []
        }
        ping.answer.resolve(.failure(error))
    }

    /// Processes a pong; `message` is its number since the stream was opened, 1 for the first message.
    func receivedPong(message: Int) {
        let now = self.now
        self.perform { $0.order.receivedPong(message: message, now: now) }
    }

    /// The time limit has passed, but no ping was sent for this call.
    func giveUp(_ ping: Ping, _ error: AgentRuntimeError) {
        self.state.withLock { $0.answers[ping.id] = nil }
        ping.answer.resolve(.failure(error))
    }

    /// The time limit has passed; the caller gets an uncertain answer, if there is one, else the error.
    func timedOut(_ ping: Ping, _ error: AgentRuntimeError) {
        self.perform { state in
            let answered = state.order.timedOut(ping.id)
            if !answered.contains(where: { $0.id == ping.id }) { state.answers[ping.id] = nil }
            return answered
        }
        ping.answer.resolve(.failure(error))
    }

    /// The waiting task was cancelled.
    func cancelled(_ ping: Ping) {
        self.perform { state in
            state.order.stopsWaiting(ping.id)
            state.answers[ping.id] = nil
            return []
        }
    }

    /// Ends all waiting, because no further pong can come.
    ///
    /// The error of each caller says whether its ping was sent. A ping that the writer is just giving to the connection
    /// stays: the writer knows soon whether it was sent, and informs its caller then.
    func end() {
        let (answers, timer) = self.state.withLock { state in
            state.hasEnded = true
            state.isInDoubt = false
            var answers: [(Answer, AgentRuntimeError)] = []
            for (id, answer) in state.answers {
                switch state.order.progress(of: id) {
                #if RED_CONTROLS
                case .sent where RedControl.isActive(.sentPingToldNotSent): answers.append((answer, .commandNotSent))
                #endif
                case .waits: answers.append((answer, .commandNotSent))
                case .leaves: continue
                case .sent: answers.append((answer, .pingUnanswered))
                }
                state.answers[id] = nil
            }
            return (answers, state.timer.take())
        }
        timer?.cancel()
        for (answer, error) in answers { answer.resolve(.failure(error)) }
    }

    // MARK: Lock, decide, unlock, act

    private func perform(_ step: (inout State) -> [PingOrder.Answered]) {
        var answers: [(Answer, Duration)] = []
        let (wantsMarker, startsTimer, stale) = self.state.withLock { state in
            for answered in step(&state) {
                guard let answer = state.answers.removeValue(forKey: answered.id) else { continue }
                answers.append((answer, answered.roundTrip))
            }
            guard !state.hasEnded else { return (false, false, (any RuntimeTimer)?.none) }
            let wasInDoubt = state.isInDoubt
            state.isInDoubt = state.order.isInDoubt
            let stale = state.isInDoubt ? nil : state.timer.take()
            return (state.order.beginMarker(), state.isInDoubt && !wasInDoubt, stale)
        }
        stale?.cancel()
        for (answer, roundTrip) in answers { answer.resolve(.success(roundTrip)) }
        if wantsMarker { self.sendMarker { messages in self.markerAnswered(after: messages) } }
        if startsTimer { self.startTimer() }
    }

    private func markerAnswered(after messages: Int) {
        self.perform { state in
            state.order.markerAnswered(after: messages)
            return []
        }
    }

    private func startTimer() {
        let timer = self.timers.schedule(after: Self.patience) { self.perform { $0.order.settle() } }
        let isStale = self.state.withLock { state in
            guard state.isInDoubt, !state.hasEnded, state.timer == nil else { return true }
            state.timer = timer
            return false
        }
        if isStale { timer.cancel() }
    }
}

extension AgentRuntimeError {
    static var pingUnanswered: AgentRuntimeError {
        AgentRuntimeError(.deliveryUnknown, "The ping was sent, and the stream ended before the runtime answered it.")
    }
}
