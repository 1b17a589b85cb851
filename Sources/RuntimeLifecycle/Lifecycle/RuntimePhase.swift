/// The state of a workspace as its journal has it.
///
/// `starting` and `stopping` are the tombstones: found by anyone who holds the start lock, they mean that the
/// verb that wrote them was interrupted.
public enum RuntimePhase: String, Sendable, Hashable, CaseIterable {
    /// Nothing runs, and nothing is meant to.
    case absent
    /// A start is under way, or was interrupted.
    case starting
    /// A runtime has proven its identity.
    case running
    /// A stop is under way, or was interrupted.
    case stopping
    /// The last start failed, or its runtime ended by itself.
    case failed

    /// Whether it is recorded on the way to nothing that runs.
    var isEnd: Bool { self == .stopping || self == .absent || self == .failed }
}
