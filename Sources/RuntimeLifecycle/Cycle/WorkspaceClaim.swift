import ConcurrencyPrimitives

/// Proof that the gate of this process and the start lock of this machine are held for one workspace.
///
/// All functions that change a workspace take one as `borrowing`. Destroying it releases the lock and then the gate.
struct WorkspaceClaim: ~Copyable, Sendable {
    let gate: WorkspaceGate.Held
    private var lock: StartLock.Held?

    init(gate: consuming WorkspaceGate.Held, lock: consuming StartLock.Held) {
        self.gate = gate
        self.lock = consume lock
    }

    /// Releases the start lock on a thread that may block; the gate is released with the claim itself.
    mutating func releaseLock() async {
        let lock = Transferred(self.lock.take())
        await BlockingThread.run { _ = lock.take() }
    }
}
