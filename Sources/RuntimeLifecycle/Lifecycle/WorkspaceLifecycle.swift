import ConcurrencyPrimitives
public import Logging

/// Starts, stops and restarts the runtimes of workspaces: exactly one per workspace, through races and crashes.
///
/// Every verb that changes something passes the gate of this process, then the start lock of the machine, and works
/// on the journal from there; see `docs/LIFECYCLE.md`. A caller that is cancelled while it waits for either leaves and
/// nothing happened; once both are held the work runs to its end and only the caller leaves. Status, list and explain
/// take no lock and change nothing.
public final class WorkspaceLifecycle: Sendable {
    let runner: CycleRunner
    let lanes: LaneRegistry

    /// Makes a lifecycle over a state directory.
    ///
    /// - Parameters:
    ///   - configuration: Limits and the place of the state.
    ///   - probe: How to ask a runtime who it is; by default `GET /health`.
    ///   - logger: Gets every event.
    /// - Throws: ``LifecycleError`` with `invalidArgument` when the configuration can't be used. Files are touched by
    ///   the verbs only.
    public convenience init(
        configuration: LifecycleConfiguration,
        probe: some ReadinessProbe = HTTPReadinessProbe(),
        logger: Logger
    ) throws {
        try self.init(configuration: configuration, probe: probe, logger: logger, clock: SystemClock()) { _, _, _ in }
    }

    package init(
        configuration: LifecycleConfiguration,
        probe: some ReadinessProbe,
        logger: Logger,
        clock: any LifecycleClock,
        observer: @escaping @Sendable (WorkspaceID, Step, ProcessIdentity?) -> Void
    ) throws {
        try configuration.validate()
        let runner = CycleRunner(
            configuration: configuration,
            directory: StateDirectory(root: Self.normalized(configuration.root)),
            gate: WorkspaceGate(clock: clock),
            probe: probe,
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

    /// The gates of this process: who holds one and who waits.
    var gate: WorkspaceGate { self.runner.gate }

    /// Events from now on, of all workspaces and verbs of this process; a slow listener loses the oldest.
    public var events: some AsyncSequence<LifecycleEvent, Never> & Sendable { self.runner.hub.events() }

    /// Waits until all work that goes on without its caller has ended; the lifecycle stays usable.
    ///
    /// Complaints that wait for their time are waited for too. Called from within that work (by a probe, say) it returns
    /// at once, since it would wait for itself.
    public func drain() async {
        await self.runner.work.drain()
    }

    private static func normalized(_ path: String) -> String {
        var path = path
        while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
