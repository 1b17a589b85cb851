/// The result of a start.
public struct StartResult: Sendable, Hashable {
    /// The runtime that runs now.
    public let runtime: RunningRuntime
    /// Whether this call started it; `false` if it ran before or was adopted.
    public let isStarted: Bool

    init(_ id: WorkspaceID, _ result: CycleResult) throws(LifecycleError) {
        try result.throwFailure()
        guard case .running(let record, let isStarted) = result, let runtime = RunningRuntime(id, record) else {
            throw LifecycleError(.notReady, "Workspace \(id) has no running runtime.")
        }
        (self.runtime, self.isStarted) = (runtime, isStarted)
    }
}

/// The result of a stop.
@nonexhaustive public enum StopResult: Sendable, Hashable {
    /// The runtime and all processes it had started have ended.
    case stopped(generation: UInt64)
    /// Nothing ran.
    case notRunning
    /// It was stopped, and then a later restart request started the next generation.
    case thenRestarted(RunningRuntime)
    /// A delete replaced this stop; a delete stops the runtime, too.
    case deleted
}

/// The result of a restart.
@nonexhaustive public enum RestartResult: Sendable, Hashable {
    /// A cycle served it; this is the new runtime.
    case restarted(RunningRuntime)
    /// A stop or delete came in the meantime and replaced it.
    case superseded(by: LifecycleVerb)
    /// Nothing was done, because the reported generation is not, or is no longer, the one that should run.
    case notNeeded(currentGeneration: UInt64)
    /// Nothing was done, because the budget for reactive restarts is used up; ask for a restart to try again.
    case gaveUp
}
