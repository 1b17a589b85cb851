/// The limits and the state directory of a ``WorkspaceLifecycle``.
public struct LifecycleConfiguration: Sendable {
    /// The state directory; it is made if it does not exist, and must belong to this user.
    public var root: String
    /// How long to wait for other tasks of this process that work on the same workspace.
    ///
    /// Default: 2 minutes.
    public var gateTimeout: Duration = .seconds(120)
    /// How long to wait for other processes that work on the same workspace.
    ///
    /// Default: 2 minutes.
    public var lockTimeout: Duration = .seconds(120)
    /// How long a new runtime may take to prove its identity.
    ///
    /// Default: 60 s.
    public var readinessTimeout: Duration = .seconds(60)
    /// How long a runtime that is recorded as running may take to prove its identity again; after that, it is replaced.
    ///
    /// Default: 10 s.
    public var adoptionTimeout: Duration = .seconds(10)
    /// The shortest time before a second health request, if the first one has no answer yet.
    ///
    /// Default: 2 s. A request may take all the time that is left of the whole limit, because a slow runtime may be
    /// healthy. The second request is made when half of that time is over.
    public var probePeriod: Duration = .seconds(2)
    /// The time between two reads of the report while a runtime is not ready.
    ///
    /// Default: 5 ms.
    public var readinessInterval: Duration = .milliseconds(5)
    /// The time between SIGTERM, which every process of the runtime gets, and SIGKILL.
    ///
    /// Default: 10 s.
    public var gracePeriod: Duration = .seconds(10)
    /// The time after SIGKILL in which every process must end.
    ///
    /// Default: 5 s.
    public var killTimeout: Duration = .seconds(5)
    /// Asks a runtime at its endpoint for its generation and nonce; it is ready only with the right answer.
    ///
    /// Default: nil. Then the `ready` line on the report descriptor is enough, because only the runtime can write
    /// there. This module does no networking by itself: `HealthProbe` of `RuntimeReadiness` asks with `GET /health`.
    ///
    /// Without a probe, a runtime that can't report is never ready, so a ``RuntimeCommand/endpoint`` is refused with
    /// `invalidArgument`. All programs that use one state directory should have the same probe: one without a probe
    /// can't adopt a runtime that can't report, and replaces it.
    public var probe: (any ReadinessProbe)?
    /// The delays and limits of reactive restarts.
    public var restarts = RestartPolicy()

    /// Creates the default configuration.
    ///
    /// - Parameter root: The state directory.
    public init(root: String) {
        self.root = root
    }

    /// Checks the values, once, when a lifecycle is created.
    func validate() throws(LifecycleError) {
        guard self.root.hasPrefix("/"), !self.root.utf8.contains(0), self.root.utf8.count < 3000 else {
            throw LifecycleError(
                .invalidArgument,
                "The state directory must be an absolute path, got \(self.root.debugDescription)."
            )
        }
        let limits = [self.gateTimeout, self.lockTimeout, self.gracePeriod]
        let positive = [
            self.readinessTimeout, self.adoptionTimeout, self.probePeriod, self.readinessInterval, self.killTimeout,
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
