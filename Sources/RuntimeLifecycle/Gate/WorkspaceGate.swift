import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// One first-come-first-served gate per workspace within this process.
///
/// Every verb that starts or stops a runtime passes it. Waiting is cancellable and bounded; a gate nobody holds
/// takes no memory; different workspaces never wait for each other.
final class WorkspaceGate: Sendable {
    /// The tokens of the holds this task works under, so that taking one again is an error and not a hang.
    @TaskLocal private static var heldTokens: Set<HeldToken> = []

    private struct HeldToken: Hashable, Sendable {
        let gate: ObjectIdentifier
        let token: UInt64
    }

    private let room = Locked(WaitingRoom())
    private let clock: any LifecycleClock

    init(clock: any LifecycleClock = SystemClock()) { self.clock = clock }

    /// Takes a place in the queue, at once: who calls first is served first.
    func enqueue(_ workspace: WorkspaceID, for verb: LifecycleVerb) -> GatePlace {
        let (now, requester) = (self.clock.now, Task.name ?? "an unnamed task")
        let request = self.room.withLock { room in
            let request = room.gates.makeRequest(workspace, verb, by: requester, now: now)
            #if RED_CONTROLS
            if RedControl.isActive(.gateOff) { return request }
            #endif
            room.enqueue(request)
            return request
        }
        return GatePlace(self, request)
    }

    /// Waits until the turn of a place has come.
    ///
    /// - Throws: ``LifecycleError`` with `gateTimeout`; `CancellationError`.
    func acquire(_ place: GatePlace, within limit: Duration?) async throws -> Hold {
        let request = place.request
        // A bug of this module: places are made and used here alone, and no input decides how often.
        guard place.use() else { preconditionFailure("A place at a gate was used twice: \(request).") }
        #if RED_CONTROLS
        if RedControl.isActive(.gateOff) { return Hold(gate: self, request: request) }
        #endif
        switch await self.arrive(request, within: limit) {
        case .granted: return Hold(gate: self, request: request)
        case .cancelled: throw CancellationError()
        case .timedOut: throw self.timeout(request, limit)
        }
    }

    /// Who holds the gate of a workspace, if anyone.
    func holder(of workspace: WorkspaceID) -> GateRequest? {
        self.room.withLock { $0.gates.holder(of: workspace) }
    }

    /// Who waits for the gate of a workspace, first to be served first.
    func waiters(of workspace: WorkspaceID) -> [GateRequest] {
        self.room.withLock { $0.gates.waiters(of: workspace) }
    }

    /// The number of gates that are held; zero when nothing is going on.
    var heldCount: Int { self.room.withLock { $0.gates.count } }

    // MARK: Waiting

    private func arrive(_ request: GateRequest, within limit: Duration?) async -> WaitingRoom.Arrival {
        guard let limit else { return await self.wait(request) }
        let deadline = self.clock.now + limit
        return await withTaskGroup(of: Void.self) { timers in
            timers.addTask {
                guard (try? await self.clock.sleep(until: deadline)) != nil else { return }
                self.leave(request, .timedOut)
            }
            let arrival = await self.wait(request)
            timers.cancelAll()
            return arrival
        }
    }

    private func wait(_ request: GateRequest) async -> WaitingRoom.Arrival {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = self.room.withLock { $0.begin(request, continuation) }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            self.leave(request, .cancelled)
        }
    }

    /// A place is given up before anyone waited at it.
    func abandon(_ request: GateRequest) {
        let now = self.clock.now
        let waiter = self.room.withLock { $0.abandon(request, now: now) }
        waiter?.resume(returning: .granted)
    }

    private func leave(_ request: GateRequest, _ arrival: WaitingRoom.Arrival) {
        let continuation = self.room.withLock { $0.leave(request, arrival) }
        continuation?.resume(returning: arrival)
    }

    fileprivate func release(_ request: GateRequest) {
        let now = self.clock.now
        let waiter = self.room.withLock { $0.release(request, now: now) }
        waiter?.resume(returning: .granted)
    }

    // MARK: Refusals

    /// Refuses what would wait for the caller itself.
    func refuseIfHeldByCaller(_ workspace: WorkspaceID) throws(LifecycleError) {
        guard let holder = self.holder(of: workspace) else { return }
        guard Self.heldTokens.contains(HeldToken(gate: ObjectIdentifier(self), token: holder.token)) else { return }
        throw LifecycleError(
            .gateHeldByCaller,
            """
            This task already holds the gate of workspace \(workspace) for \(holder.verb.rawValue); waiting for it \
            would never end. Call once that work has ended.
            """
        )
    }

    private func timeout(_ request: GateRequest, _ limit: Duration?) -> LifecycleError {
        let holder = self.holder(of: request.workspace)
        let who =
            holder.map { "held by \($0.requester) for \($0.verb.rawValue), for \(self.clock.now - $0.since)" }
            ?? "just released"
        return LifecycleError(
            .gateTimeout,
            """
            Workspace \(request.workspace) was busy for \(limit ?? .zero): its gate is \(who). \
            Wait longer.
            """
        )
    }
}

extension WorkspaceGate {
    /// Proof that the gate of one workspace is held; destroying it releases the gate.
    ///
    /// It can't be copied. Functions that work under the gate take it `borrowing`, so they can't be called without
    /// it, can't keep it and can't let it go.
    struct Hold: ~Copyable, Sendable {
        private let gate: WorkspaceGate
        private let request: GateRequest

        fileprivate init(gate: WorkspaceGate, request: GateRequest) {
            (self.gate, self.request) = (gate, request)
        }

        deinit { self.gate.release(self.request) }

        /// The workspace whose gate is held.
        var workspace: WorkspaceID { self.request.workspace }

        /// What it is held for.
        var verb: LifecycleVerb { self.request.verb }

        /// Runs `body` under the hold; inside it, taking the same gate again throws.
        ///
        /// - Parameter body: The work.
        /// - Returns: The value of `body`.
        /// - Throws: The error of `body`.
        borrowing func run<Value>(_ body: (borrowing Hold) async throws -> Value) async rethrows -> Value {
            let token = HeldToken(gate: ObjectIdentifier(self.gate), token: self.request.token)
            return try await WorkspaceGate.$heldTokens.withValue(WorkspaceGate.heldTokens.union([token])) {
                try await body(self)
            }
        }
    }
}
