import ConcurrencyPrimitives

/// A place in the queue of a gate, taken when the call is made; it is given up when nobody refers to it.
final class GatePlace: Sendable {
    let request: GateRequest
    private let gate: WorkspaceGate
    /// Whether somebody has asked for the gate's answer and so owns the hold.
    private let isUsed = Locked(false)

    init(_ gate: WorkspaceGate, _ request: GateRequest) { (self.gate, self.request) = (gate, request) }

    deinit {
        if !self.isUsed.withLock({ $0 }) { self.gate.abandon(self.request) }
    }

    /// Marks the place as used; works only once.
    func use() -> Bool {
        self.isUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }
}
