/// The result of a restart.
@nonexhaustive public enum RestartOutcome: Sendable, Hashable {
    /// A cycle served it; this is the new runtime.
    case restarted(RuntimeInstance)
    /// A stop or delete came in the meantime and replaced it.
    case superseded(by: LifecycleVerb)
    /// Nothing was done, because the reported generation is not, or is no longer, the one that should run.
    case notNeeded(currentGeneration: UInt64)
    /// Nothing was done, because the budget for reactive restarts is used up; ask for a restart to try again.
    case gaveUp
}
