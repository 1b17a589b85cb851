/// The one record of a workspace.
struct JournalRecord: Hashable, Sendable {
    /// What a file claims beyond this is not a generation: counting on from it could overflow.
    static let highestGeneration = UInt64(UInt32.max)

    /// Raised by one with every start; everything a start does or learns carries it.
    var generation: UInt64 = 0
    var phase: RuntimePhase = .absent
    /// The verb that wrote the record.
    var verb: LifecycleVerb = .create
    /// Who wrote it.
    var spawner: ProcessIdentity?
    /// The runtime, from before it is allowed to exec.
    var child: ProcessIdentity?
    /// A random text the live runtime must echo: no other process can know it.
    var nonce = ""
    /// Where the runtime can be reached, known from `running` on.
    var endpoint: String?
    /// When the runtime proved its identity.
    var provenAt: BootTime?
    /// The directory the record was written in: a copy of it is another one.
    var home: FileIdentity?
    /// The command, so that a restart needs none.
    var command: [String] = []
    /// Where the command runs, if its starter said so.
    var workingDirectory: String?
    /// Where a runtime that can't report will answer, if its starter said so.
    var expectedEndpoint: String?
    /// What is left for reactive restarts.
    var budget = RestartBudget()
    /// Why the workspace failed.
    var reason: String?
    /// When it was written, in milliseconds since 1970, for people.
    var writtenMilliseconds: UInt64 = 0
}
