@testable import RuntimeLifecycle

extension WorkspaceGate {
    /// Waits for the gate like a verb, and gives the proof that it is held to the caller.
    func acquire(
        _ workspace: WorkspaceID,
        for verb: LifecycleVerb,
        within limit: Duration? = nil
    ) async throws -> Held {
        try Task.checkCancellation()
        try self.refuseIfHeldByCaller(workspace)
        return try await self.acquire(self.enqueue(workspace, for: verb), within: limit)
    }

    /// Waits for the gate, runs `body` while it holds the gate, and always leaves the gate.
    func withGate<Value>(
        of workspace: WorkspaceID,
        for verb: LifecycleVerb,
        within limit: Duration? = nil,
        _ body: (borrowing Held) async throws -> Value
    ) async throws -> Value {
        let held = try await self.acquire(workspace, for: verb, within: limit)
        return try await held.run(body)
    }
}
