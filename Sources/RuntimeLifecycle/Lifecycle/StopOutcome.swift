/// The result of a stop.
@nonexhaustive public enum StopOutcome: Sendable, Hashable {
    /// The runtime and all processes it had started have ended.
    case stopped(generation: UInt64)
    /// Nothing ran.
    case notRunning
    /// It was stopped, and then a later restart request started the next generation.
    case thenRestarted(RuntimeInstance)
    /// A delete replaced this stop; a delete stops the runtime, too.
    case deleted
}
