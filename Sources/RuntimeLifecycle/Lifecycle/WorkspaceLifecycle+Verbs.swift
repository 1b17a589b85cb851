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
    public func getOrStart(_ id: WorkspaceID, command: RuntimeCommand) async throws -> StartResult {
        try StartResult(id, await self.runner.run(CycleRequest(.getOrStart), on: id, command))
    }

    /// Starts the runtime of a workspace that exists, if it does not run.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - command: What to run; without arguments, the command of the last start runs again.
    /// - Returns: The runtime, and whether this call started it.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` if the workspace was never created; `CancellationError`.
    public func start(_ id: WorkspaceID, command: RuntimeCommand) async throws -> StartResult {
        try StartResult(id, await self.runner.run(CycleRequest(.start), on: id, command))
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
    public func recover(_ id: WorkspaceID) async throws -> RunningRuntime? {
        let result = try await self.runner.run(CycleRequest(.recover), on: id, RuntimeCommand([]))
        try result.throwFailure()
        guard case .running(let record, _) = result else { return nil }
        return RunningRuntime(id, record)
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

// The verbs that go through the lane of the workspace.
extension WorkspaceLifecycle {
    /// Ends the runtime: asks all its processes to end, waits, then kills the rest; returns when none of them lives.
    ///
    /// - Parameter id: The workspace.
    /// - Returns: What was stopped. It is not an error if nothing runs.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` if the workspace was never created; `CancellationError` if
    ///   the caller is cancelled, but its request stays.
    public func stop(_ id: WorkspaceID) async throws -> StopResult {
        switch try await self.request(.stop, on: id) {
        case .served(let verb, let result): try self.stopResult(id, verb, result)
        case .superseded: .deleted
        }
    }

    /// Ends the runtime and removes everything except the generation counter, so that no generation is used twice.
    ///
    /// - Parameter id: The workspace.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` if the workspace was never created; `CancellationError`.
    public func delete(_ id: WorkspaceID) async throws {
        guard case .served(_, let result) = try await self.request(.delete, on: id) else { return }
        try result.throwFailure()
    }

    /// Ends the runtime and starts the next generation, both under one claim.
    ///
    /// Requests that come during a cycle are merged, and the one cycle after it serves all of them.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - command: What to run; without arguments, the command of the last start runs again.
    /// - Returns: The runtime of the cycle that served the request, or the reason why there is none.
    /// - Throws: ``LifecycleError``; `CancellationError` if the caller is cancelled, but its request stays.
    public func restart(_ id: WorkspaceID, command: RuntimeCommand) async throws -> RestartResult {
        try self.restartResult(id, await self.request(.restart, on: id, command: command))
    }

    /// Reports that a generation is unhealthy; it is restarted when no more reports have come for a while.
    ///
    /// The restart policy limits the wait for further reports, the pauses between restarts, and their number. The used
    /// part of this budget is in the journal, so the limits hold for all processes together. A report never undoes a
    /// stop, and a report about an old generation does nothing.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - generation: The generation that was found unhealthy.
    ///   - command: What to run; without arguments, the command of the last start runs again.
    /// - Returns: The runtime of the cycle that served the report, or the reason why there is none.
    /// - Throws: ``LifecycleError``; `CancellationError` if the caller is cancelled, but its report stays.
    public func reportUnhealthy(
        _ id: WorkspaceID,
        generation: UInt64,
        command: RuntimeCommand
    ) async throws -> RestartResult {
        let answer = try await self.request(.restart, on: id, command: command, complainingOf: generation)
        return try self.restartResult(id, answer)
    }

    /// Makes a request; throws if the caller holds the gate, because the request's cycle would wait for that gate.
    private func request(
        _ verb: LifecycleVerb,
        on id: WorkspaceID,
        command: RuntimeCommand? = nil,
        complainingOf generation: UInt64? = nil
    ) async throws -> LaneAnswer {
        try self.gate.refuseIfHeldByCaller(id)
        return try await self.lanes.request(verb, on: id, command: command, complainingOf: generation)
    }

    private func restartResult(_ id: WorkspaceID, _ answer: LaneAnswer) throws(LifecycleError) -> RestartResult {
        switch answer {
        case .served(_, .settled(let record)): return .notNeeded(currentGeneration: record.generation)
        case .served(_, .gaveUp): return .gaveUp
        case .served(_, let result): return .restarted(try StartResult(id, result).runtime)
        case .superseded(let verb): return .superseded(by: verb)
        }
    }

    private func stopResult(
        _ id: WorkspaceID,
        _ verb: LifecycleVerb,
        _ result: CycleResult
    ) throws(LifecycleError) -> StopResult {
        try result.throwFailure()
        if case .running(let record, _) = result, let runtime = RunningRuntime(id, record) {
            return .thenRestarted(runtime)
        }
        if verb == .delete { return .deleted }
        guard case .stopped(let record, wasRunning: true) = result else { return .notRunning }
        return .stopped(generation: record.generation)
    }
}
