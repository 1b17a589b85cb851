/// What a stop came to.
public enum StopOutcome: Sendable, Hashable {
    /// The runtime and everything it started has ended.
    case stopped(generation: UInt64)
    /// Nothing ran.
    case notRunning
    /// It was stopped, and a restart that was asked for later has started the next generation.
    case thenRestarted(RuntimeInstance)
    /// A delete took its place, which stops too.
    case deleted
}
