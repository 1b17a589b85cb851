import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// Takes gate and lock, runs a cycle under them and tells what happens.
struct CycleRunner: Sendable {
    let configuration: LifecycleConfiguration
    let directory: StateDirectory
    let gate: WorkspaceGate
    let probe: any ReadinessProbe
    let clock: any LifecycleClock
    let hub: EventHub
    let work: DrainGroup
    /// Makes the text that names one start.
    var makeNonce: @Sendable () -> String = { Nonce.make() }
    /// Random, from -1 to 1.
    var jitter: @Sendable () -> Double = { Double.random(in: -1...1) }
    /// Told of every step when it is done: where tests watch, and where they crash.
    let observer: @Sendable (WorkspaceID, Step, ProcessIdentity?) -> Void

    /// Takes gate and lock and runs a cycle to its end, whatever becomes of the caller meanwhile.
    func run(
        _ request: CycleRequest,
        on id: WorkspaceID,
        _ command: RuntimeCommand,
        complainedAt: Duration? = nil,
        at place: GatePlace? = nil
    ) async throws -> CycleResult {
        try Task.checkCancellation()
        try self.validate(command)
        try self.gate.refuseIfHeldByCaller(id)
        #if RED_CONTROLS
        if RedControl.isActive(.gatePlaceTakenLate) { await Task.yield() }
        #endif
        // In line with the call, before anything suspends: this is the order in which calls are served.
        let place = try place ?? self.enqueue(id, for: request.verb)
        let claim = Transferred(try await self.claim(id, for: request.verb, at: place))
        let cycle = Cycle(
            request,
            name: id.description,
            spawner: ProcessTable.current,
            nonce: self.makeNonce(),
            command: command,
            terms: self.terms(complainedAt)
        )
        #if RED_CONTROLS
        if RedControl.isActive(.workEndsWithItsCaller), let claim = claim.take() {
            return await self.perform(cycle, on: id, holding: claim)
        }
        #endif
        return try await self.work.run {
            // Taken exactly once, here; it was put there a few lines above.
            guard let claim = claim.take() else { throw CancellationError() }
            return await self.perform(cycle, on: id, holding: claim)
        }
    }

    /// What can't be right is refused before anything is touched.
    private func validate(_ command: RuntimeCommand) throws(LifecycleError) {
        try command.validate()
        guard self.configuration.requiresHealth, let endpoint = command.endpoint,
            let reason = self.probe.reasonNotToAsk(endpoint)
        else { return }
        throw LifecycleError(
            .invalidArgument,
            "The endpoint \(endpoint.debugDescription) can't be asked: \(reason). Use http://ADDRESS:PORT with an IPv4 "
                + "address, an IPv6 address in brackets, or localhost."
        )
    }

    private func terms(_ complainedAt: Duration?) -> RestartTerms {
        RestartTerms(
            policy: self.configuration.restarts,
            now: self.clock.now,
            complainedAt: complainedAt,
            jitter: self.jitter(),
            wallMilliseconds: SystemClock.wallMilliseconds
        )
    }

    /// Waits for the gate, then for the lock: one task of this process at most asks for the file.
    private func claim(_ id: WorkspaceID, for verb: LifecycleVerb, at place: GatePlace) async throws -> WorkspaceClaim {
        let hold = try await self.gate.acquire(place, within: self.configuration.gateLimit)
        self.observer(id, .gateTaken, nil)
        let directory = self.directory
        try await BlockingThread.attempt { () throws(LifecycleError) in try directory.prepareRoot() }
        let lock = StartLock(
            path: directory.lockFile(try self.place(id)),
            clock: self.clock
        )
        let held = try await lock.acquire(for: verb, within: self.configuration.lockLimit)
        self.observer(id, .lockTaken, nil)
        return WorkspaceClaim(hold: hold, lock: held)
    }

    /// Takes a place in the queue of the workspace's gate.
    func enqueue(_ id: WorkspaceID, for verb: LifecycleVerb) throws(LifecycleError) -> GatePlace {
        self.gate.enqueue(try self.place(id), for: verb)
    }

    /// Whose gate and lock a workspace has: its own.
    private func place(_ id: WorkspaceID) throws(LifecycleError) -> WorkspaceID {
        #if RED_CONTROLS
        if RedControl.isActive(.onePlaceForAll) { return try WorkspaceID("all") }
        #endif
        return id
    }

    private func perform(
        _ cycle: Cycle,
        on id: WorkspaceID,
        holding claim: consuming WorkspaceClaim
    ) async -> CycleResult {
        var cycle = cycle
        let driver = self.driver(for: id, cycle.verb, cycle.command)
        // Within `run` the gate knows us: a probe that calls back into the lifecycle gets an error, not a deadlock.
        let result = await claim.hold.run { _ in await driver.run(&cycle, holding: claim) }
        self.announce(result, id, cycle.verb, cycle.generation)
        self.observer(id, .settled, nil)
        await claim.releaseLock()
        self.observer(id, .lockReleased, nil)
        return result
    }

    private func driver(for id: WorkspaceID, _ verb: LifecycleVerb, _ command: RuntimeCommand) -> CycleDriver {
        CycleDriver(
            id: id,
            directory: self.directory,
            configuration: self.configuration,
            probe: self.probe,
            clock: self.clock,
            command: command,
            passed: { step, record in
                self.observer(id, step, record?.child)
                self.publish(id, verb, record?.generation ?? 0, .init(description: step.rawValue))
            },
            announce: { kind, generation, detail in self.publish(id, verb, generation, kind, detail) },
            ended: { generation, code in
                self.publish(id, verb, generation, .runtimeEnded, code.map { String($0) })
            }
        )
    }

    private func announce(_ result: CycleResult, _ id: WorkspaceID, _ verb: LifecycleVerb, _ generation: UInt64) {
        switch result {
        case .running, .stopped, .settled, .lost: self.publish(id, verb, generation, .completed)
        case .gaveUp: self.publish(id, verb, generation, .gaveUp)
        case .failed(let error): self.publish(id, verb, generation, .failed, error.description)
        // The lane announces by how much.
        case .postponed: break
        }
    }

    func publish(
        _ id: WorkspaceID,
        _ verb: LifecycleVerb,
        _ generation: UInt64,
        _ kind: LifecycleEvent.Kind,
        _ detail: String? = nil
    ) {
        self.hub.publish(
            LifecycleEvent(workspace: id, verb: verb, generation: generation, kind: kind, detail: detail)
        )
    }
}
