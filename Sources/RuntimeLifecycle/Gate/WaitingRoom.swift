/// The gates of one process and the tasks that wait for them: the state under the mutex of ``WorkspaceGate``.
///
/// A request takes its place in the queue before its task suspends, so that places are in the order of the calls. It
/// may get its answer before its task begins to wait.
struct WaitingRoom: Sendable {
    /// How a wait ended.
    enum Arrival: Sendable { case granted, cancelled, timedOut }

    typealias Waiter = CheckedContinuation<Arrival, Never>

    var gates = GateState()
    private var waiters: [UInt64: Waiter] = [:]
    /// The answers of requests whose tasks do not wait yet.
    private var answers: [UInt64: Arrival] = [:]

    /// Puts a request into the queue.
    mutating func enqueue(_ request: GateRequest) {
        if self.gates.request(request) == .granted { self.answers[request.token] = .granted }
    }

    /// Begins to wait for a request that has its place.
    ///
    /// - Returns: The answer, if it is known already; else the waiter is kept and resumed later.
    mutating func begin(_ request: GateRequest, _ waiter: Waiter) -> Arrival? {
        if let answer = self.answers.removeValue(forKey: request.token) { return answer }
        self.waiters[request.token] = waiter
        return nil
    }

    /// A request was cancelled or has timed out; does nothing if it already has the gate.
    ///
    /// - Returns: The waiter to resume, if there is one.
    mutating func leave(_ request: GateRequest, _ arrival: Arrival) -> Waiter? {
        guard self.gates.leave(request) else { return nil }
        let waiter = self.waiters.removeValue(forKey: request.token)
        // If its task does not wait yet, it will look here before it waits.
        if waiter == nil { self.answers[request.token] = arrival }
        return waiter
    }

    /// Releases the gate of this request.
    ///
    /// - Returns: The waiter that holds the gate from now on and must be resumed.
    mutating func release(_ request: GateRequest, now: Duration) -> Waiter? {
        guard let next = self.gates.release(request, now: now) else { return nil }
        let waiter = self.waiters.removeValue(forKey: next.token)
        if waiter == nil { self.answers[next.token] = .granted }
        return waiter
    }

    /// Gives up a place where no task waits.
    ///
    /// - Returns: The waiter that holds the gate from now on, if the given-up place held it.
    mutating func abandon(_ request: GateRequest, now: Duration) -> Waiter? {
        self.answers[request.token] = nil
        return self.gates.leave(request) ? nil : self.release(request, now: now)
    }
}
