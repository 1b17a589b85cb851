/// The one record of a workspace.
struct JournalRecord: Hashable, Sendable {
    /// Larger numbers in a file are not generations, because the generations after them could overflow.
    static let highestGeneration = UInt64(UInt32.max)

    /// Each start raises it by one and uses it in everything that it does or learns.
    var generation: UInt64 = 0
    var phase: RuntimePhase = .absent
    /// The verb that wrote the record.
    var verb: LifecycleVerb = .create
    /// The process that wrote the record.
    var spawner: ProcessIdentity?
    /// The process of the runtime, recorded before it may exec.
    var child: ProcessIdentity?
    /// A random text that the live runtime must repeat; no other process can know it.
    var nonce = ""
    /// Where the runtime can be reached; known in phase `running`.
    var endpoint: String?
    /// When the runtime proved its identity.
    var provenAt: BootTime?
    /// The directory in which the record was written; a copied directory is a different one.
    var home: FileIdentity?
    /// The command, so that a restart needs no new one.
    var command: [String] = []
    /// The working directory of the command, if the starter named one.
    var workingDirectory: String?
    /// The endpoint of a runtime that can't report, if the starter named one.
    var expectedEndpoint: String?
    /// The budget for reactive restarts.
    var budget = RestartBudget()
    /// Why the workspace failed.
    var reason: String?
    /// When it was written, in milliseconds since 1970, for people.
    var writtenMilliseconds: UInt64 = 0
}
