import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// The lanes of all workspaces; it performs the effects of each ``Lane``.
final class LaneRegistry: Sendable {
    fileprivate struct Entry: Sendable {
        var lane: Lane
        var answers: [LaneBatch.Ticket: Promise<LaneAnswer>] = [:]
        /// The place of the next cycle in the queue of the gate, and the last request that the place is for.
        var place: (place: GatePlace, last: LaneBatch.Ticket?)?
        var timer: Task<Void, Never>?
    }

    fileprivate struct State: Sendable {
        var entries: [WorkspaceID: Entry] = [:]
        var lastTicket: UInt64 = 0
    }

    /// The decisions of one critical section, to be performed after it.
    fileprivate struct Decision: Sendable {
        var effects: [Lane.Effect]
        var settled: [(Promise<LaneAnswer>, LaneAnswer)] = []
        var cancelled: [Task<Void, Never>] = []
        /// The place in the queue for the cycle that must run now.
        var place: GatePlace?
        /// Places that are no longer needed; they are given up outside of the lock.
        var unused: [GatePlace] = []
    }

    private let state = Locked(State())
    private let policy: RestartPolicy
    private let clock: any LifecycleClock
    private let work: DrainGroup
    private let enqueue: @Sendable (WorkspaceID, LifecycleVerb) -> GatePlace?
    private let runCycle: @Sendable (WorkspaceID, LaneBatch, GatePlace?) async -> CycleResult
    private let announce: @Sendable (WorkspaceID, Lane.Effect) -> Void

    init(
        policy: RestartPolicy,
        clock: any LifecycleClock,
        work: DrainGroup,
        announce: @escaping @Sendable (WorkspaceID, Lane.Effect) -> Void,
        enqueue: @escaping @Sendable (WorkspaceID, LifecycleVerb) -> GatePlace? = { _, _ in nil },
        runCycle: @escaping @Sendable (WorkspaceID, LaneBatch, GatePlace?) async -> CycleResult
    ) {
        (self.policy, self.clock, self.work) = (policy, clock, work)
        (self.announce, self.enqueue, self.runCycle) = (announce, enqueue, runCycle)
    }

    /// Asks for a cycle and waits for the answer; if the caller is cancelled, it returns and its request stays.
    func request(
        _ verb: LifecycleVerb,
        on id: WorkspaceID,
        command: RuntimeCommand? = nil,
        complainingOf generation: UInt64? = nil
    ) async throws -> LaneAnswer {
        let answer = Promise<LaneAnswer>()
        // Counted as work before anybody can see the request, so that `drain()` does not return too early.
        self.work.enter()
        let now = self.clock.now
        self.decide(id) { state in
            let ticket = state.newTicket()
            var batch = LaneBatch(verb: verb, tickets: [ticket], command: command)
            batch.complaint = generation.map { LaneBatch.Complaint(generation: $0, since: now) }
            var entry = state.entries[id] ?? Entry(lane: Lane(policy: self.policy))
            entry.answers[ticket] = answer
            let effects =
                generation == nil ? entry.lane.request(batch) : entry.lane.complain(batch, now: now)
            state.entries[id] = entry
            return Decision(effects: effects)
        }
        self.work.leave()
        return try await answer.waitUnlessCancelled()
    }

    /// The current lane of a workspace.
    func lane(_ id: WorkspaceID) -> Lane? { self.state.withLock { $0.entries[id]?.lane } }

    // MARK: Deciding and doing

    private func decide(_ id: WorkspaceID, _ body: @Sendable (inout State) -> Decision) {
        let decision = self.state.withLock { state in
            var decision = body(&state)
            state.place(id, &decision, self.enqueue)
            state.settle(id, &decision)
            return decision
        }
        for task in decision.cancelled { task.cancel() }
        for (answer, value) in decision.settled { answer.resolve(value) }
        for effect in decision.effects { self.perform(effect, id, decision.place) }
    }

    private func perform(_ effect: Lane.Effect, _ id: WorkspaceID, _ place: GatePlace?) {
        self.announce(id, effect)
        switch effect {
        case .run(let batch): self.work.start("lane of \(id)") { await self.run(batch, id, at: place) }
        case .setTimer(let due): self.startTimer(due, id)
        case .supersede, .cancelTimer: break
        }
    }

    private func run(_ batch: LaneBatch, _ id: WorkspaceID, at place: GatePlace?) async {
        let result = await self.runCycle(id, batch, place)
        self.decide(id) { state in
            guard var entry = state.entries[id] else { return Decision(effects: []) }
            if case .postponed(let until) = result {
                let effects = entry.lane.finished(.postponed(until: until))
                state.entries[id] = entry
                return Decision(effects: effects)
            }
            let effects = entry.lane.finished(.done)
            let answers = batch.tickets.compactMap { entry.answers.removeValue(forKey: $0) }
            state.entries[id] = entry
            return Decision(effects: effects, settled: answers.map { ($0, .served(batch.verb, result)) })
        }
    }

    private func startTimer(_ due: Duration, _ id: WorkspaceID) {
        let timer = self.work.start {
            guard (try? await self.clock.sleep(until: due)) != nil else { return }
            let now = self.clock.now
            self.decide(id) { state in
                guard var entry = state.entries[id] else { return Decision(effects: []) }
                let effects = entry.lane.timerFired(now: now)
                state.entries[id] = entry
                return Decision(effects: effects)
            }
        }
        let previous = self.state.withLock { state in
            let previous = state.entries[id]?.timer
            state.entries[id]?.timer = timer
            return previous
        }
        previous?.cancel()
    }
}

extension LaneRegistry.State {
    fileprivate mutating func newTicket() -> LaneBatch.Ticket {
        self.lastTicket += 1
        return LaneBatch.Ticket(number: self.lastTicket)
    }

    /// Keeps the places of the cycles in the order of the requests; runs in the same critical section as the decision.
    ///
    /// A cycle that must run takes the place where it waited, or else the last place. A cycle that must wait takes a
    /// place now. It takes the last place again when a request is merged into it, because the last request is served
    /// last.
    fileprivate mutating func place(
        _ id: WorkspaceID,
        _ decision: inout LaneRegistry.Decision,
        _ enqueue: (WorkspaceID, LifecycleVerb) -> GatePlace?
    ) {
        guard var entry = self.entries[id] else { return }
        #if RED_CONTROLS
        if RedControl.isActive(.lanePlaceTakenLate) { return }
        #endif
        for case .run(let batch) in decision.effects {
            decision.place = entry.place?.place ?? enqueue(id, batch.verb)
            entry.place = nil
        }
        let last = entry.lane.pending?.tickets.max { $0.number < $1.number }
        if entry.place != nil && entry.place?.last != last {
            if let place = entry.place?.place { decision.unused.append(place) }
            entry.place = nil
        }
        if let pending = entry.lane.pending, entry.place == nil {
            entry.place = enqueue(id, pending.verb).map { ($0, last) }
        }
        self.entries[id] = entry
    }

    /// Takes out the answers of requests that end without a cycle, and removes an entry that is no longer needed.
    fileprivate mutating func settle(_ id: WorkspaceID, _ decision: inout LaneRegistry.Decision) {
        guard var entry = self.entries[id] else { return }
        for effect in decision.effects {
            switch effect {
            case .supersede(let tickets, let verb):
                let answers = tickets.compactMap { entry.answers.removeValue(forKey: $0) }
                decision.settled += answers.map { ($0, .superseded(by: verb)) }
            case .cancelTimer:
                if let timer = entry.timer { decision.cancelled.append(timer) }
                entry.timer = nil
            case .run, .setTimer: break
            }
        }
        self.entries[id] = entry.lane.isForgettable && entry.answers.isEmpty ? nil : entry
    }
}

/// The result of a request to a lane.
enum LaneAnswer: Sendable {
    /// A cycle served it.
    case served(LifecycleVerb, CycleResult)
    /// A request with a higher rank replaced it.
    case superseded(by: LifecycleVerb)
}
