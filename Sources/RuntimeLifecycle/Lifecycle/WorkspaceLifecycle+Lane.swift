extension WorkspaceLifecycle {
    /// Ends the runtime: asks all its processes to end, waits, then kills the rest; returns when none of them lives.
    ///
    /// - Parameter id: The workspace.
    /// - Returns: What was stopped. It is not an error if nothing runs.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` if the workspace was never created; `CancellationError` if
    ///   the caller is cancelled, but its request stays.
    public func stop(_ id: WorkspaceID) async throws -> StopOutcome {
        switch try await self.request(.stop, on: id) {
        case .served(let verb, let result): try self.stopOutcome(id, verb, result)
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

    /// Ends the runtime and starts the next generation, both under one hold.
    ///
    /// Requests that come during a cycle are merged, and the one cycle after it serves all of them.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - command: What to run; without arguments, the command of the last start runs again.
    /// - Returns: The runtime of the cycle that served the request, or the reason why there is none.
    /// - Throws: ``LifecycleError``; `CancellationError` if the caller is cancelled, but its request stays.
    public func restart(_ id: WorkspaceID, command: RuntimeCommand) async throws -> RestartOutcome {
        try self.restartOutcome(id, await self.request(.restart, on: id, command: command))
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
    ) async throws -> RestartOutcome {
        let answer = try await self.request(.restart, on: id, command: command, complainingOf: generation)
        return try self.restartOutcome(id, answer)
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

    private func restartOutcome(_ id: WorkspaceID, _ answer: LaneAnswer) throws(LifecycleError) -> RestartOutcome {
        switch answer {
        case .served(_, .settled(let record)): return .notNeeded(currentGeneration: record.generation)
        case .served(_, .gaveUp): return .gaveUp
        case .served(_, let result): return .restarted(try StartOutcome(id, result).runtime)
        case .superseded(let verb): return .superseded(by: verb)
        }
    }

    private func stopOutcome(
        _ id: WorkspaceID,
        _ verb: LifecycleVerb,
        _ result: CycleResult
    ) throws(LifecycleError) -> StopOutcome {
        try result.throwFailure()
        if case .running(let record, _) = result, let runtime = RuntimeInstance(id, record) {
            return .thenRestarted(runtime)
        }
        if verb == .delete { return .deleted }
        guard case .stopped(let record, wasRunning: true) = result else { return .notRunning }
        return .stopped(generation: record.generation)
    }
}
