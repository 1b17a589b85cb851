/// The gates of one process together with the tasks suspended at them: what ``WorkspaceGate`` keeps under its mutex.
///
/// A request takes its place in the queue before its task suspends, so that places are in the order of the calls. It
/// gets its answer from then on, whether or not anyone waits for it yet.
struct WaitingRoom: Sendable {
    /// How a wait ended.
    enum Arrival: Sendable { case granted, cancelled, timedOut }

    typealias Waiter = CheckedContinuation<Arrival, Never>

    var gates = GateState()
    private var waiters: [UInt64: Waiter] = [:]
    /// The answers of requests that nobody waits for yet.
    private var answers: [UInt64: Arrival] = [:]

    /// A request takes its place.
    mutating func enqueue(_ request: GateRequest) {
        if self.gates.request(request) == .granted { self.answers[request.token] = .granted }
    }

    /// A task begins to wait for a request that has its place.
    ///
    /// - Returns: The answer if it is known already; otherwise the waiter is kept and resumed later.
    mutating func begin(_ request: GateRequest, _ waiter: Waiter) -> Arrival? {
        if let answer = self.answers.removeValue(forKey: request.token) { return answer }
        self.waiters[request.token] = waiter
        return nil
    }

    /// A request was cancelled or timed out; nothing if it was granted before.
    ///
    /// - Returns: The waiter to resume, if one waited.
    mutating func leave(_ request: GateRequest, _ arrival: Arrival) -> Waiter? {
        guard self.gates.leave(request) else { return nil }
        let waiter = self.waiters.removeValue(forKey: request.token)
        // It has not begun to wait: the next thing it does is to look here.
        if waiter == nil { self.answers[request.token] = arrival }
        return waiter
    }

    /// The holder lets go.
    ///
    /// - Returns: The waiter that holds the gate from now on and must be resumed.
    mutating func release(_ request: GateRequest, now: Duration) -> Waiter? {
        guard let next = self.gates.release(request, now: now) else { return nil }
        let waiter = self.waiters.removeValue(forKey: next.token)
        if waiter == nil { self.answers[next.token] = .granted }
        return waiter
    }

    /// A place is given up that nobody waits at.
    ///
    /// - Returns: The waiter that holds the gate from now on, if this one held it.
    mutating func abandon(_ request: GateRequest, now: Duration) -> Waiter? {
        self.answers[request.token] = nil
        return self.gates.leave(request) ? nil : self.release(request, now: now)
    }
}
