/// What a caller asked for; every one of these takes the gate and the start lock.
public enum LifecycleVerb: String, Sendable, Hashable, CaseIterable {
    /// Makes the workspace known without starting anything.
    case create
    /// Creates it if absent and starts its runtime unless it already runs.
    case getOrStart
    /// Starts the runtime of a workspace that exists.
    case start
    /// Ends the runtime.
    case stop
    /// Ends the runtime and starts the next generation.
    case restart
    /// Adopts or cleans up what an interrupted verb left, and starts nothing.
    case recover
    /// Marks one generation as failed.
    case markFailed
    /// Ends the runtime and forgets all but the generation counter.
    case delete
}
