/// The state of a workspace in its journal.
///
/// `starting` and `stopping` are the tombstones. If the holder of the start lock finds one, the verb that wrote it was
/// interrupted.
@nonexhaustive public enum RuntimePhase: String, Sendable, Hashable, CaseIterable {
    /// Nothing runs, and nothing should run.
    case absent
    /// A start is under way, or was interrupted.
    case starting
    /// A runtime has proven its identity.
    case running
    /// A stop is under way, or was interrupted.
    case stopping
    /// The last start failed, or its runtime ended by itself.
    case failed

    /// Whether this is a phase of an end: after it nothing runs.
    var isEnd: Bool { self == .stopping || self == .absent || self == .failed }
}
