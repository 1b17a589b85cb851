/// Limits and places of a ``WorkspaceLifecycle``.
public struct LifecycleConfiguration: Sendable {
    /// The state directory; it is made if it is absent and must belong to this user.
    public var root: String
    /// How long to wait for other tasks of this process that work on the same workspace.
    ///
    /// Default: 2 minutes.
    public var gateLimit: Duration = .seconds(120)
    /// How long to wait for other processes that work on the same workspace.
    ///
    /// Default: 2 minutes.
    public var lockLimit: Duration = .seconds(120)
    /// How long a new runtime may take until it has proven who it is.
    ///
    /// Default: 60 s.
    public var readinessLimit: Duration = .seconds(60)
    /// How long a runtime recorded as running may take to prove it again before it is replaced.
    ///
    /// Default: 10 s.
    public var adoptionLimit: Duration = .seconds(10)
    /// The least time before another health request is made beside one that has no answer.
    ///
    /// Default: 2 s. A request may take as long as is left of the whole limit, for a runtime may be slow and healthy; another
    /// one is made when half of that is over.
    public var probeLimit: Duration = .seconds(2)
    /// Time between two looks at a runtime that isn't ready.
    ///
    /// Default: 5 ms.
    public var readinessInterval: Duration = .milliseconds(5)
    /// Time between the request to end, which every process of the runtime gets, and the kill.
    ///
    /// Default: 10 s.
    public var gracePeriod: Duration = .seconds(10)
    /// Time after the kill in which every process must be gone.
    ///
    /// Default: 5 s.
    public var killLimit: Duration = .seconds(5)
    /// Whether a runtime must also answer at its endpoint with its generation and nonce.
    ///
    /// Default: yes.
    ///
    /// Without, a `ready` line on the inherited descriptor is the proof: no one else can write there.
    public var requiresHealth = true
    /// How reactive restarts are spaced and bounded.
    public var restarts = RestartPolicy()

    /// Creates the default configuration.
    ///
    /// - Parameter root: The state directory.
    public init(root: String) {
        self.root = root
    }

    /// Checked once, where a lifecycle is created.
    func validate() throws(LifecycleError) {
        guard self.root.hasPrefix("/"), !self.root.utf8.contains(0), self.root.utf8.count < 3000 else {
            throw LifecycleError(
                .invalidArgument,
                "The state directory must be an absolute path, got \(self.root.debugDescription)."
            )
        }
        let limits = [self.gateLimit, self.lockLimit, self.gracePeriod]
        let positive = [
            self.readinessLimit, self.adoptionLimit, self.probeLimit, self.readinessInterval, self.killLimit,
        ]
        let isBounded = (limits + positive).allSatisfy { $0 <= .seconds(31_536_000) }
        guard isBounded, limits.allSatisfy({ $0 >= .zero }), positive.allSatisfy({ $0 > .zero }) else {
            throw LifecycleError(
                .invalidArgument,
                "Limits of the lifecycle must be positive and at most a year, got \(limits + positive)."
            )
        }
        try self.restarts.validate()
    }
}
