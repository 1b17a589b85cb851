/// The gates of one process together with the tasks suspended at them: what ``WorkspaceGate`` keeps under its mutex.
struct WaitingRoom: Sendable {
    /// How a wait ended.
    enum Arrival: Sendable { case granted, cancelled, timedOut }

    typealias Waiter = CheckedContinuation<Arrival, Never>

    var gates = GateState()
    private var waiters: [UInt64: Waiter] = [:]
    /// Requests that were cancelled or timed out before they began to wait.
    private var leftEarly: [UInt64: Arrival] = [:]

    /// A task begins to wait.
    ///
    /// - Returns: The answer if it is known already; otherwise the waiter is kept and resumed later.
    mutating func begin(_ request: GateRequest, _ waiter: Waiter) -> Arrival? {
        let early = self.leftEarly.removeValue(forKey: request.token)
        if early == .cancelled { return .cancelled }
        // A free gate is granted even when no time is left to wait for it.
        if self.gates.request(request) == .granted { return .granted }
        if let early {
            _ = self.gates.leave(request)
            return early
        }
        self.waiters[request.token] = waiter
        return nil
    }

    /// A request was cancelled or timed out.
    ///
    /// - Returns: The waiter to resume, if it still waited.
    mutating func leave(_ request: GateRequest, _ arrival: Arrival) -> Waiter? {
        if self.gates.leave(request) { return self.waiters.removeValue(forKey: request.token) }
        // It may not have begun to wait: the next thing it does is to look here.
        self.leftEarly[request.token] = arrival
        return nil
    }

    /// The holder lets go.
    ///
    /// - Returns: The waiter that holds the gate from now on and must be resumed.
    mutating func release(_ request: GateRequest, now: Duration) -> Waiter? {
        self.gates.release(request, now: now).flatMap { self.waiters.removeValue(forKey: $0.token) }
    }

    /// A request has got its answer; nothing about it is kept.
    mutating func forget(_ request: GateRequest) {
        self.leftEarly[request.token] = nil
    }
}
