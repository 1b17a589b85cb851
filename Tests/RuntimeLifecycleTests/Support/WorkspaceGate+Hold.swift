@testable import RuntimeLifecycle

extension WorkspaceGate {
    /// Waits for the gate like a verb, and gives the hold to the caller.
    func acquire(
        _ workspace: WorkspaceID,
        for verb: LifecycleVerb,
        within limit: Duration? = nil
    ) async throws -> Hold {
        try Task.checkCancellation()
        try self.refuseIfHeldByCaller(workspace)
        return try await self.acquire(self.enqueue(workspace, for: verb), within: limit)
    }

    /// Waits for the gate, runs `body` while it holds the gate, and always leaves the gate.
    func withHold<Value>(
        of workspace: WorkspaceID,
        for verb: LifecycleVerb,
        within limit: Duration? = nil,
        _ body: (borrowing Hold) async throws -> Value
    ) async throws -> Value {
        let hold = try await self.acquire(workspace, for: verb, within: limit)
        return try await hold.run(body)
    }
}
