/// What a restart came to.
public enum RestartOutcome: Sendable, Hashable {
    /// A cycle served it; its generation is the runtime's.
    case restarted(RuntimeInstance)
    /// A stop or delete was asked for meanwhile and took its place.
    case superseded(by: LifecycleVerb)
    /// Nothing was done: the generation complained of is not the one that is meant to run (any more).
    case notNeeded(currentGeneration: UInt64)
    /// Nothing was done: reactive restarts used up their budget; ask for a restart to try again.
    case gaveUp
}
