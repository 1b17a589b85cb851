import ConcurrencyPrimitives
public import Logging

/// Starts, stops and restarts the runtimes of workspaces: at most one per workspace, even with races and crashes.
///
/// Every verb passes the gate of this process and the start lock of the machine before it works on the journal; see
/// `docs/LIFECYCLE.md`. If a caller is cancelled while it waits for the gate or the lock, it returns and nothing has
/// changed. When both are held, the work runs to its end, and only the caller returns early. Status, endpoint, list and
/// explain take no lock and change nothing.
public final class WorkspaceLifecycle: Sendable {
    let runner: VerbRunner
    let lanes: LaneRegistry

    /// Makes a lifecycle for a state directory.
    ///
    /// - Parameters:
    ///   - configuration: The state directory, the limits, and the probe that asks a runtime for its identity.
    ///   - logger: Gets every event.
    /// - Throws: ``LifecycleError`` with `invalidArgument` if the configuration can't be used. Only the verbs touch
    ///   files.
    public convenience init(configuration: LifecycleConfiguration, logger: Logger) throws {
        try self.init(configuration: configuration, logger: logger, clock: SystemClock()) { _, _, _ in }
    }

    package init(
        configuration: LifecycleConfiguration,
        logger: Logger,
        clock: any LifecycleClock,
        observer: @escaping @Sendable (WorkspaceID, LifecycleStep, ProcessIdentity?) -> Void
    ) throws {
        try configuration.validate()
        let runner = VerbRunner(
            configuration: configuration,
            directory: StateDirectory(root: Self.normalized(configuration.root)),
            gate: WorkspaceGate(clock: clock),
            clock: clock,
            hub: EventHub(logger: logger),
            work: DrainGroup(),
            observer: observer
        )
        self.runner = runner
        self.lanes = LaneRegistry(
            policy: configuration.restarts,
            clock: clock,
            work: runner.work,
            announce: { runner.announce($1, of: $0) },
            enqueue: { try? runner.enqueue($0, for: $1) },
            runCycle: { await runner.run($1, on: $0, at: $2) }
        )
    }

    /// The gates of this process, with their holders and waiters.
    var gate: WorkspaceGate { self.runner.gate }

    /// All events from now on, of all workspaces and verbs of this process; a slow listener loses the oldest ones.
    public var events: some AsyncSequence<LifecycleEvent, Never> & Sendable { self.runner.hub.events() }

    /// Waits until all work has ended that goes on without its caller; the lifecycle stays usable.
    ///
    /// It also waits for complaints whose time has not come yet. If it is called from within that work, for example by
    /// a probe, it returns at once, because it would wait for itself.
    public func drain() async {
        await self.runner.work.drain()
    }

    private static func normalized(_ path: String) -> String {
        var path = path
        while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
