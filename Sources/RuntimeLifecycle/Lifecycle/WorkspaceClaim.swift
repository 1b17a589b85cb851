import ConcurrencyPrimitives

/// The gate of this process and the start lock of this machine for one workspace, both held.
///
/// Everything that changes a workspace takes one `borrowing`; destroying it releases the lock and then the gate.
struct WorkspaceClaim: ~Copyable, Sendable {
    let hold: WorkspaceGate.Hold
    private var lock: StartLock.Held?

    init(hold: consuming WorkspaceGate.Hold, lock: consuming StartLock.Held) {
        self.hold = hold
        self.lock = consume lock
    }

    /// Releases the start lock, on a thread that may block; the gate goes with the claim itself.
    mutating func releaseLock() async {
        let lock = Transferred(self.lock.take())
        await BlockingThread.run { _ = lock.take() }
    }
}
