extension WorkspaceLifecycle {
    /// Ends the runtime: asks, waits, then kills the whole process group; returns when nothing of it lives.
    ///
    /// - Parameter id: The workspace.
    /// - Returns: What was stopped; stopping what doesn't run is not an error.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` when it was never created; `CancellationError` when
    ///   cancelled, while the request stays.
    public func stop(_ id: WorkspaceID) async throws -> StopOutcome {
        switch try await self.request(.stop, on: id) {
        case .served(let verb, let result): try self.stopOutcome(id, verb, result)
        case .superseded: .deleted
        }
    }

    /// Ends the runtime and forgets everything but the generation counter, so that numbers are never used twice.
    ///
    /// - Parameter id: The workspace.
    /// - Throws: ``LifecycleError``, with `unknownWorkspace` when it was never created; `CancellationError`.
    public func delete(_ id: WorkspaceID) async throws {
        guard case .served(_, let result) = try await self.request(.delete, on: id) else { return }
        try result.throwFailure()
    }

    /// Ends the runtime and starts the next generation, both under one hold.
    ///
    /// Requests during a cycle are merged: all of them get the one cycle that follows it.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - command: What to run; without arguments the command of the last start is run again.
    /// - Returns: The runtime of the cycle that served the request, or what took its place.
    /// - Throws: ``LifecycleError``; `CancellationError` when cancelled, while the request stays.
    public func restart(_ id: WorkspaceID, command: RuntimeCommand) async throws -> RestartOutcome {
        try self.restartOutcome(id, await self.request(.restart, on: id, command: command))
    }

    /// Complains of a generation, as probes do: restarts it when complaints have ceased for a while.
    ///
    /// Debounced at the trailing edge with a longest wait, spaced and bounded by the restart policy: what was used up of
    /// it is in the journal, so that all processes together keep to it. A complaint never undoes a stop, and one of an
    /// old generation does nothing.
    ///
    /// - Parameters:
    ///   - id: The workspace.
    ///   - generation: The generation that was found unhealthy.
    ///   - command: What to run; without arguments the command of the last start is run again.
    /// - Returns: The runtime of the cycle that served it, or why there was none.
    /// - Throws: ``LifecycleError``; `CancellationError` when cancelled, while the request stays.
    public func reportUnhealthy(
        _ id: WorkspaceID,
        generation: UInt64,
        command: RuntimeCommand
    ) async throws -> RestartOutcome {
        let answer = try await self.request(.restart, on: id, command: command, complainingOf: generation)
        return try self.restartOutcome(id, answer)
    }

    /// A request of somebody who holds the gate would wait for a cycle that waits for the gate.
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
