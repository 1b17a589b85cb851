import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// Takes gate and lock, runs a cycle under them, and publishes its events.
struct VerbRunner: Sendable {
    let configuration: LifecycleConfiguration
    let directory: StateDirectory
    let gate: WorkspaceGate
    let clock: any LifecycleClock
    let hub: EventHub
    let work: DrainGroup
    /// Makes the nonce of a start.
    var makeNonce: @Sendable () -> String = { Nonce.make() }
    /// Random, from -1 to 1.
    var jitter: @Sendable () -> Double = { Double.random(in: -1...1) }
    /// Called after every step; tests watch and crash here.
    let observer: @Sendable (WorkspaceID, LifecycleStep, ProcessIdentity?) -> Void

    /// Takes gate and lock and runs a cycle to its end, even if the caller is cancelled.
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
        // Take the place before anything suspends, so that calls are served in their order.
        let place = try place ?? self.enqueue(id, for: request.verb)
        let claim = Transferred(try await self.claim(id, for: request.verb, at: place))
        let cycle = Cycle(
            request,
            name: id.description,
            spawner: ProcessTable.current,
            nonce: self.makeNonce(),
            command: command,
            restartInputs: self.restartInputs(complainedAt)
        )
        #if RED_CONTROLS
        if RedControl.isActive(.workEndsWithItsCaller), let claim = claim.take() {
            return await self.perform(cycle, on: id, holding: claim)
        }
        #endif
        return try await self.work.run {
            // This is the only place that takes the claim, which was stored a few lines above.
            guard let claim = claim.take() else { throw CancellationError() }
            return await self.perform(cycle, on: id, holding: claim)
        }
    }

    /// Refuses an invalid command before anything is changed.
    private func validate(_ command: RuntimeCommand) throws(LifecycleError) {
        try command.validate()
        guard let endpoint = command.endpoint else { return }
        guard let probe = self.configuration.probe else {
            #if RED_CONTROLS
            if RedControl.isActive(.endpointWithoutProbeAwaited) { return }
            #endif
            throw LifecycleError(
                .invalidArgument,
                "The endpoint \(endpoint.debugDescription) can't be asked: the configuration has no probe. Set one, or let "
                    + "the runtime report its endpoint."
            )
        }
        guard let reason = probe.reasonNotToAsk(endpoint) else { return }
        throw LifecycleError(
            .invalidArgument,
            "The endpoint \(endpoint.debugDescription) can't be asked: \(reason). Use http://ADDRESS:PORT with an IPv4 "
                + "address, an IPv6 address in brackets, or localhost."
        )
    }

    private func restartInputs(_ complainedAt: Duration?) -> RestartInputs {
        RestartInputs(
            policy: self.configuration.restarts,
            now: self.clock.now,
            complainedAt: complainedAt,
            jitter: self.jitter(),
            wallMilliseconds: SystemClock.wallMilliseconds
        )
    }

    /// Waits for the gate and then for the lock, so that only one task of this process polls the lock file.
    private func claim(_ id: WorkspaceID, for verb: LifecycleVerb, at place: GatePlace) async throws -> WorkspaceClaim {
        let gate = try await self.gate.acquire(place, within: self.configuration.gateTimeout)
        self.observer(id, .gateTaken, nil)
        let directory = self.directory
        try await BlockingThread.attempt { () throws(LifecycleError) in try directory.prepareRoot() }
        let lock = StartLock(
            path: directory.lockFile(try self.place(id)),
            clock: self.clock
        )
        let held = try await lock.acquire(for: verb, within: self.configuration.lockTimeout)
        self.observer(id, .lockTaken, nil)
        return WorkspaceClaim(gate: gate, lock: held)
    }

    /// Takes a place in the queue of the workspace's gate.
    func enqueue(_ id: WorkspaceID, for verb: LifecycleVerb) throws(LifecycleError) -> GatePlace {
        self.gate.enqueue(try self.place(id), for: verb)
    }

    /// The workspace whose gate and lock are used: its own.
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
        // Inside of `run` the gate knows this task. So a probe that calls back into the lifecycle gets an error, not a
        // deadlock.
        let result = await claim.gate.run { _ in await driver.run(&cycle, holding: claim) }
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
        // The lane announces the delay.
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

extension VerbRunner {
    /// Runs the cycle of a batch; an error before the lock is held is the result of the cycle.
    func run(_ batch: LaneBatch, on id: WorkspaceID, at place: GatePlace?) async -> CycleResult {
        do {
            return try await self.run(
                CycleRequest(batch.verb, onlyGeneration: batch.complaint?.generation),
                on: id,
                batch.command ?? RuntimeCommand([]),
                complainedAt: batch.complaint?.since,
                at: place
            )
        } catch let error as LifecycleError {
            return .failed(error)
        } catch {
            // Only a cancelled task comes here, and nobody cancels the work of a lane.
            return .failed(LifecycleError(.gateTimeout, "The work on workspace \(id) was cancelled."))
        }
    }

    /// Publishes the decisions of a lane that are new.
    func announce(_ effect: Lane.Effect, of id: WorkspaceID) {
        switch effect {
        case .supersede(let tickets, let verb):
            for _ in tickets { self.publish(id, .restart, 0, .superseded, verb.rawValue) }
        case .setTimer(let due): self.publish(id, .restart, 0, .delayed, "\(max(.zero, due - self.clock.now))")
        case .run(let batch) where batch.tickets.count > 1:
            self.publish(id, batch.verb, 0, .merged, "\(batch.tickets.count) requests")
        case .run, .cancelTimer: break
        }
    }
}

/// Makes the random text that identifies one start.
enum Nonce {
    /// 128 bits as lower-case hexadecimal digits; safe as an argument, in a URL and in a file.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max, using: &random), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
