/// The requests of one workspace: one cycle at a time, everything asked for meanwhile merged into exactly one more.
///
/// ```
///            request                 request: merged into pending
/// idle ─────────────► processing ──────────────────────────────► processing + pending
///  ▲                      │ finished                                   │ finished
///  └──────────────────────┘                       processing (pending) ┘
/// ```
/// "Again or idle" is decided in ``finished(isProven:now:)`` together with clearing `processing`: there is no instant
/// at which a request finds a cycle running that will not look for it. Complaints wait beside this in `deferred`, until
/// none came for a while, and then enter like any other request.
struct Lane: Hashable, Sendable {
    /// What the driver must do.
    enum Effect: Hashable, Sendable {
        case run(LaneBatch)
        case supersede([LaneBatch.Ticket], by: LaneBatch.Operation)
        case giveUp(LaneBatch.Ticket)
        /// Call ``timerFired(now:jitter:)`` then; replaces an earlier timer.
        case setTimer(Duration)
        case cancelTimer
    }

    private struct Deferred: Hashable, Sendable {
        var batch: LaneBatch
        let first: Duration
        var due: Duration
    }

    let policy: RestartPolicy
    private(set) var processing: LaneBatch?
    private(set) var pending: LaneBatch?
    private(set) var budget = RestartBudget()
    private var deferred: Deferred?

    init(policy: RestartPolicy) { self.policy = policy }

    /// When waiting complaints will be acted on.
    var due: Duration? { self.deferred?.due }

    /// Nothing under way, nothing waiting and nothing to remember.
    var isForgettable: Bool {
        self.processing == nil && self.pending == nil && self.deferred == nil && self.budget.isFresh
    }

    /// A person or program asks; this is never delayed and gives a given-up workspace a fresh budget.
    mutating func request(_ batch: LaneBatch) -> [Effect] {
        self.budget.reset()
        return self.absorbComplaints(into: batch) { lane, batch in lane.enter(batch) }
    }

    /// A probe complains of a generation.
    mutating func complain(_ batch: LaneBatch, now: Duration) -> [Effect] {
        if let stop = self.stopAhead { return [.supersede(batch.tickets, by: stop)] }
        self.budget.complained(now: now, self.policy)
        guard !self.budget.isExhausted(self.policy) else { return batch.tickets.map { .giveUp($0) } }
        return [.setTimer(self.postpone(batch, now: now))]
    }

    /// The time of a timer has come; `jitter` is random, from -1 to 1.
    mutating func timerFired(now: Duration, jitter: Double) -> [Effect] {
        guard let waiting = self.deferred else { return [] }
        guard now >= waiting.due else { return [.setTimer(waiting.due)] }
        self.deferred = nil
        self.budget.attempt(now: now, jitter: jitter, self.policy)
        return self.enter(waiting.batch)
    }

    /// The cycle has ended, well or not; `isProven` when a runtime has proven its identity at its end.
    mutating func finished(isProven: Bool, now: Duration) -> [Effect] {
        if isProven { self.budget.proven(now: now) }
        self.processing = self.pending
        self.pending = nil
        return self.processing.map { [.run($0)] } ?? []
    }

    /// The workspace was started by a person: a fresh budget, counted from proven health.
    mutating func noteStart() {
        self.budget.reset()
    }

    // MARK: Merging

    private mutating func enter(_ batch: LaneBatch) -> [Effect] {
        guard self.processing != nil else {
            self.processing = batch
            return [.run(batch)]
        }
        guard let waiting = self.pending else {
            self.pending = batch
            return []
        }
        let (merged, outranked) = waiting.merged(with: batch)
        self.pending = merged
        return outranked.isEmpty ? [] : [.supersede(outranked, by: merged.operation)]
    }

    /// A restart serves the complaints that wait, a stop ends them.
    private mutating func absorbComplaints(
        into batch: LaneBatch,
        _ body: (inout Lane, LaneBatch) -> [Effect]
    ) -> [Effect] {
        guard let waiting = self.deferred else { return body(&self, batch) }
        self.deferred = nil
        let (merged, outranked) = waiting.batch.merged(with: batch)
        let effects = outranked.isEmpty ? [] : [Effect.supersede(outranked, by: merged.operation)]
        return [.cancelTimer] + effects + body(&self, merged)
    }

    private mutating func postpone(_ batch: LaneBatch, now: Duration) -> Duration {
        let first = self.deferred?.first ?? now
        let quiet = min(now + self.policy.quietPeriod, first + self.policy.maximumWait)
        let due = max(quiet, self.budget.earliest ?? quiet)
        let merged = self.deferred.map { $0.batch.merged(with: batch).batch } ?? batch
        self.deferred = Deferred(batch: merged, first: first, due: due)
        return due
    }

    /// A stop or delete that runs or waits: a complaint never undoes it.
    private var stopAhead: LaneBatch.Operation? {
        // What is asked for last counts: a restart that waits behind a stop makes complaints welcome again.
        let last = self.pending ?? self.processing
        return last.flatMap { $0.operation == .restart ? nil : $0.operation }
    }
}
