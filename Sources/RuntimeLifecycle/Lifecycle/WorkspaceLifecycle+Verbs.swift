extension WorkspaceLifecycle {
    /// Creates the workspace if it does not exist, and starts its runtime if it does not run.
    ///
    /// Many callers in many processes may call it at the same time. All get the same runtime, and exactly one is told
    /// that it started it. The processes of an interrupted verb are adopted if they prove their identity, else they are
    /// ended first. Reactive restarts get a fresh budget if this call starts a runtime, or if they were given up.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - command: What to run; without arguments, the command of the last start runs again.
    /// - Returns: The runtime, and whether this call started it.
    /// - Throws: ``LifecycleError``; `CancellationError` if the caller is cancelled, but a start that has begun goes
    ///   on.
    public func getOrStart(_ id: WorkspaceID, command: RuntimeCommand) async throws -> StartOutcome {
        try StartOutcome(id, await self.runner.run(CycleRequest(.getOrStart), on: id, command))
    }

    /// Starts the runtime of a workspace that exists, if it does not run.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - command: What to run; without arguments, the command of the last start runs again.
    /// - Returns: The runtime, and whether this call started it.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` if the workspace was never created; `CancellationError`.
    public func start(_ id: WorkspaceID, command: RuntimeCommand) async throws -> StartOutcome {
        try StartOutcome(id, await self.runner.run(CycleRequest(.start), on: id, command))
    }

    /// Creates the workspace without starting anything; does nothing if it exists.
    ///
    /// - Parameter id: The workspace.
    /// - Throws: ``LifecycleError``; `CancellationError`.
    public func create(_ id: WorkspaceID) async throws {
        try await self.runner.run(CycleRequest(.create), on: id, RuntimeCommand([])).throwFailure()
    }

    /// Adopts or cleans up the processes of an interrupted verb, and starts nothing.
    ///
    /// - Parameter id: The workspace.
    /// - Returns: The runtime, if one runs.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` if the workspace was never created; `CancellationError`.
    public func recover(_ id: WorkspaceID) async throws -> RuntimeInstance? {
        let result = try await self.runner.run(CycleRequest(.recover), on: id, RuntimeCommand([]))
        try result.throwFailure()
        guard case .running(let record, _) = result else { return nil }
        return RuntimeInstance(id, record)
    }

    /// Marks one generation as failed, unless its runtime lives or there is a newer generation.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - generation: The generation that failed.
    ///   - reason: The reason, for people.
    /// - Returns: Whether the state was changed. A late failure of an old generation never changes it.
    /// - Throws: ``LifecycleError``; `CancellationError`.
    public func markFailed(_ id: WorkspaceID, generation: UInt64, reason: String) async throws -> Bool {
        let request = CycleRequest(.markFailed, onlyGeneration: generation, reason: reason)
        let result = try await self.runner.run(request, on: id, RuntimeCommand([]))
        try result.throwFailure()
        guard case .settled(let record) = result else { return false }
        return record.generation == generation && record.phase == .failed
    }
}
