/// A call that may change a workspace; each of them takes the gate and the start lock.
@nonexhaustive public enum LifecycleVerb: String, Sendable, Hashable, CaseIterable {
    /// Creates the workspace without starting anything.
    case create
    /// Creates the workspace if it does not exist, and starts its runtime if it does not run.
    case getOrStart
    /// Starts the runtime of a workspace that exists.
    case start
    /// Ends the runtime.
    case stop
    /// Ends the runtime and starts the next generation.
    case restart
    /// Adopts or cleans up the processes of an interrupted verb, and starts nothing.
    case recover
    /// Marks one generation as failed.
    case markFailed
    /// Ends the runtime and removes everything except the generation counter.
    case delete
}
