import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// One first-come-first-served gate per workspace within this process.
///
/// Every verb passes the gate before it starts or stops a runtime. Waiting can be cancelled and can have a limit. A
/// gate that nobody holds takes no memory. Different workspaces never wait for each other.
final class WorkspaceGate: Sendable {
    /// The tokens of the gates that this task holds; a second acquire is then an error and not a deadlock.
    @TaskLocal private static var heldTokens: Set<HeldToken> = []

    private struct HeldToken: Hashable, Sendable {
        let gate: ObjectIdentifier
        let token: UInt64
    }

    private let room = Locked(WaitingRoom())
    private let clock: any LifecycleClock

    init(clock: any LifecycleClock = SystemClock()) { self.clock = clock }

    /// Takes a place in the queue at once, so that the first caller is served first.
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

    /// Waits until this place has its turn.
    ///
    /// - Throws: ``LifecycleError`` with `gateTimeout`; `CancellationError`.
    func acquire(_ place: GatePlace, within limit: Duration?) async throws -> Held {
        let request = place.request
        // A failure is a bug of this module: only this file makes and uses places, and no input decides how often.
        guard place.use() else { preconditionFailure("A place at a gate was used twice: \(request).") }
        #if RED_CONTROLS
        if RedControl.isActive(.gateOff) { return Held(gate: self, request: request) }
        #endif
        switch await self.arrive(request, within: limit) {
        case .granted: return Held(gate: self, request: request)
        case .cancelled: throw CancellationError()
        case .timedOut: throw self.timeout(request, limit)
        }
    }

    /// The request that holds the gate of a workspace, if there is one.
    func holder(of workspace: WorkspaceID) -> GateRequest? {
        self.room.withLock { $0.gates.holder(of: workspace) }
    }

    /// The requests that wait for the gate of a workspace, in the order in which they will be served.
    func waiters(of workspace: WorkspaceID) -> [GateRequest] {
        self.room.withLock { $0.gates.waiters(of: workspace) }
    }

    /// The number of gates that are held; zero when no verb runs.
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

    /// Gives up a place before any task has waited at it.
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

    /// Throws if the caller itself already holds this gate, because it would wait for itself.
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
    /// It can't be copied. Functions that work under the gate take it as `borrowing`. So they can't be called without
    /// it, can't keep it and can't release it.
    struct Held: ~Copyable, Sendable {
        private let gate: WorkspaceGate
        private let request: GateRequest

        fileprivate init(gate: WorkspaceGate, request: GateRequest) {
            (self.gate, self.request) = (gate, request)
        }

        deinit { self.gate.release(self.request) }

        /// The workspace whose gate is held.
        var workspace: WorkspaceID { self.request.workspace }

        /// What the gate is held for.
        var verb: LifecycleVerb { self.request.verb }

        /// Runs `body` while the gate is held; if it takes the same gate again, that throws.
        ///
        /// - Parameter body: The work.
        /// - Returns: The value of `body`.
        /// - Throws: The error of `body`.
        borrowing func run<Value>(_ body: (borrowing Held) async throws -> Value) async rethrows -> Value {
            let token = HeldToken(gate: ObjectIdentifier(self.gate), token: self.request.token)
            return try await WorkspaceGate.$heldTokens.withValue(WorkspaceGate.heldTokens.union([token])) {
                try await body(self)
            }
        }
    }
}

/// A place in the queue of a gate, taken when the call is made; it is given up when nobody refers to it.
final class GatePlace: Sendable {
    let request: GateRequest
    private let gate: WorkspaceGate
    /// Whether somebody has asked for the gate's answer and so holds the gate.
    private let isUsed = Locked(false)

    init(_ gate: WorkspaceGate, _ request: GateRequest) { (self.gate, self.request) = (gate, request) }

    deinit {
        if !self.isUsed.withLock({ $0 }) { self.gate.abandon(self.request) }
    }

    /// Marks the place as used; works only once.
    func use() -> Bool {
        self.isUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }
}
