extension WorkspaceLifecycle {
    /// Creates the workspace if it is absent and starts its runtime unless it runs.
    ///
    /// Any number of callers in any number of processes: all get the same runtime, and exactly one is told that it
    /// started it. What an interrupted verb left is adopted when it proves itself, else ended first. Reactive restarts
    /// get a fresh budget when it started something, and when they were given up.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - command: What to run; without arguments the command of the last start is run again.
    /// - Returns: The runtime, and whether this call started it.
    /// - Throws: ``LifecycleError``; `CancellationError` when cancelled, while a start under way goes on.
    public func getOrStart(_ id: WorkspaceID, command: RuntimeCommand) async throws -> StartOutcome {
        try StartOutcome(id, await self.runner.run(CycleRequest(.getOrStart), on: id, command))
    }

    /// Starts the runtime of a workspace that exists, unless it runs.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - command: What to run; without arguments the command of the last start is run again.
    /// - Returns: The runtime, and whether this call started it.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` when it was never created; `CancellationError`.
    public func start(_ id: WorkspaceID, command: RuntimeCommand) async throws -> StartOutcome {
        try StartOutcome(id, await self.runner.run(CycleRequest(.start), on: id, command))
    }

    /// Makes the workspace known without starting anything; does nothing if it is.
    ///
    /// - Parameter id: The workspace.
    /// - Throws: ``LifecycleError``; `CancellationError`.
    public func create(_ id: WorkspaceID) async throws {
        try await self.runner.run(CycleRequest(.create), on: id, RuntimeCommand([])).throwFailure()
    }

    /// Adopts or cleans up what an interrupted verb left, and starts nothing.
    ///
    /// - Parameter id: The workspace.
    /// - Returns: The runtime, if one runs.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` when it was never created; `CancellationError`.
    public func recover(_ id: WorkspaceID) async throws -> RuntimeInstance? {
        let result = try await self.runner.run(CycleRequest(.recover), on: id, RuntimeCommand([]))
        try result.throwFailure()
        guard case .running(let record, _) = result else { return nil }
        return RuntimeInstance(id, record)
    }

    /// Marks one generation as failed, unless its runtime lives or a newer generation has taken its place.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - generation: The generation that failed.
    ///   - reason: Why, for people.
    /// - Returns: Whether the state was changed; a late failure of an old attempt never does.
    /// - Throws: ``LifecycleError``; `CancellationError`.
    public func markFailed(_ id: WorkspaceID, generation: UInt64, reason: String) async throws -> Bool {
        let request = CycleRequest(.markFailed, onlyGeneration: generation, reason: reason)
        let result = try await self.runner.run(request, on: id, RuntimeCommand([]))
        try result.throwFailure()
        guard case .settled(let record) = result else { return false }
        return record.generation == generation && record.phase == .failed
    }
}
