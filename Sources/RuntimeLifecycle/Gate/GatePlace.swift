import ConcurrencyPrimitives

/// A place in the queue of a gate, taken in line with the call it is for; given up when nobody keeps it.
final class GatePlace: Sendable {
    let request: GateRequest
    private let gate: WorkspaceGate
    /// Whether the gate's answer was asked for: from then on the hold, or the refusal, is the asker's.
    private let isUsed = Locked(false)

    init(_ gate: WorkspaceGate, _ request: GateRequest) { (self.gate, self.request) = (gate, request) }

    deinit {
        if !self.isUsed.withLock({ $0 }) { self.gate.abandon(self.request) }
    }

    /// Marks the place as used; only once.
    func use() -> Bool {
        self.isUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }
}
