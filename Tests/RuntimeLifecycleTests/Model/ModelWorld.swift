@testable import RuntimeLifecycle

/// The machine as far as it matters: a journal, a lock, some processes and actors that run production cycles.
struct ModelWorld: Hashable, Sendable {
    /// A runtime, or the stub of one.
    struct Process: Hashable, Sendable {
        let identity: ProcessIdentity
        let nonce: String
        let parent: Int
        var isCommitted: Bool
    }

    /// Somebody who runs verbs, one after the other, and may die.
    struct Actor: Hashable, Sendable {
        var verbs: [CycleRequest]
        var cycle: Cycle?
        var action: Cycle.Action?
        var isAlive = true
        /// How often a verb of this actor has begun: makes nonces unique.
        var begun = 0
    }

    /// What protects; production has all of it.
    struct Rules: Hashable, Sendable {
        var hasLock = true
        var hasLifeLock = true
        var hasInspection = true
        var hasCommitPipe = true
    }

    var journal = JournalContents.none
    /// Who holds the start lock.
    var lock: Int?
    var actors: [Actor]
    var processes: [Process] = []
    var lastPID: Int32 = 0
    var crashesLeft: Int
    var deathsLeft: Int
    var writeFailuresLeft: Int
    /// Set when somebody was told what is not so.
    var lie: String?

    /// The runtimes: committed and alive.
    var runtimes: [Process] { self.processes.filter(\.isCommitted) }

    var isQuiet: Bool {
        self.actors.allSatisfy { !$0.isAlive || ($0.cycle == nil && $0.verbs.isEmpty) }
    }
}
