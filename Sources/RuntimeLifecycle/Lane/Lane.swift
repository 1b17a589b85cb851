#if RED_CONTROLS
internal import RedControls
#endif

/// The requests of one workspace: one cycle at a time; requests that come during it are merged into one next cycle.
///
/// ```
///            request                 request: merged into pending
/// idle ─────────────► processing ──────────────────────────────► processing + pending
///  ▲                      │ finished                                   │ finished
///  └──────────────────────┘                       processing (pending) ┘
/// ```
/// ``finished(_:)`` clears `processing` and decides whether another cycle follows, in one step. So a cycle that runs
/// always sees the requests that came before its end. Complaints wait in `deferred` until none has come for a while.
/// Then they enter like any other request. The budget for them is in the journal, which all processes share. The cycle
/// checks the budget there, and may postpone the complaints.
struct Lane: Hashable, Sendable {
    /// What the driver must do.
    enum Effect: Hashable, Sendable {
        case run(LaneBatch)
        case supersede([LaneBatch.Ticket], by: LifecycleVerb)
        /// Call ``timerFired(now:)`` at this time; replaces an earlier timer.
        case setTimer(Duration)
        case cancelTimer
    }

    /// How a cycle ended.
    enum CycleEnd: Hashable, Sendable {
        case done
        /// The cycle was for complaints, and the restart is postponed.
        case postponed(until: Duration)
    }

    private struct Deferred: Hashable, Sendable {
        var batch: LaneBatch
        let first: Duration
        /// The earliest time for the restart, as a cycle has found.
        var notBefore: Duration
        var due: Duration
    }

    let policy: RestartPolicy
    private(set) var processing: LaneBatch?
    private(set) var pending: LaneBatch?
    private var deferred: Deferred?

    init(policy: RestartPolicy) { self.policy = policy }

    /// When the waiting complaints become a request.
    var due: Duration? { self.deferred?.due }

    /// Whether no cycle runs and nothing waits.
    var isForgettable: Bool {
        self.processing == nil && self.pending == nil && self.deferred == nil
    }

    /// Adds the request of a person or a program; it is never delayed.
    mutating func request(_ batch: LaneBatch) -> [Effect] {
        self.absorbComplaints(into: batch) { lane, batch in lane.enter(batch) }
    }

    /// Adds a complaint about a generation.
    mutating func complain(_ batch: LaneBatch, now: Duration) -> [Effect] {
        #if RED_CONTROLS
        if RedControl.isActive(.complaintUndoesStop) { return [.setTimer(self.postpone(batch, now: now))] }
        #endif
        if let stop = self.stopAhead { return [.supersede(batch.tickets, by: stop)] }
        return [.setTimer(self.postpone(batch, now: now))]
    }

    /// The time of the timer has come.
    mutating func timerFired(now: Duration) -> [Effect] {
        guard let waiting = self.deferred else { return [] }
        guard now >= waiting.due else { return [.setTimer(waiting.due)] }
        self.deferred = nil
        return self.enter(waiting.batch)
    }

    /// The cycle has ended, with success or not.
    mutating func finished(_ end: CycleEnd) -> [Effect] {
        guard let batch = self.processing else { return [] }
        #if RED_CONTROLS
        if RedControl.isActive(.laneRequestLost) { self.pending = nil }
        #endif
        let next = self.pending
        (self.processing, self.pending) = (next, nil)
        guard case .postponed(let until) = end else { return next.map { [.run($0)] } ?? [] }
        self.processing = nil
        guard let next else { return [.setTimer(self.postpone(batch, until: until))] }
        let (merged, outranked) = batch.merged(with: next)
        guard merged.complaint == nil else { return [.setTimer(self.postpone(merged, until: until))] }
        let superseded = outranked.isEmpty ? [] : [Effect.supersede(outranked, by: merged.verb)]
        return superseded + self.enter(merged)
    }

    // MARK: Merging

    private mutating func enter(_ batch: LaneBatch) -> [Effect] {
        #if RED_CONTROLS
        if RedControl.isActive(.laneRunsAtOnce) { return [.run(batch)] }
        #endif
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
        return outranked.isEmpty ? [] : [.supersede(outranked, by: merged.verb)]
    }

    /// Merges waiting complaints: a restart serves them, and a stop drops them.
    private mutating func absorbComplaints(
        into batch: LaneBatch,
        _ body: (inout Lane, LaneBatch) -> [Effect]
    ) -> [Effect] {
        guard let waiting = self.deferred else { return body(&self, batch) }
        self.deferred = nil
        let (merged, outranked) = waiting.batch.merged(with: batch)
        let effects = outranked.isEmpty ? [] : [Effect.supersede(outranked, by: merged.verb)]
        return [.cancelTimer] + effects + body(&self, merged)
    }

    private mutating func postpone(_ batch: LaneBatch, now: Duration) -> Duration {
        let first = self.deferred?.first ?? now
        let quiet = min(now + self.policy.quietPeriod, first + self.policy.maximumWait)
        return self.wait(batch, first: first, notBefore: self.deferred?.notBefore ?? quiet, until: quiet)
    }

    /// Puts the complaints of a postponed cycle together with those that came in the meantime.
    private mutating func postpone(_ batch: LaneBatch, until: Duration) -> Duration {
        let first = batch.complaint?.since ?? until
        return self.wait(batch, first: first, notBefore: until, until: self.deferred?.due ?? until)
    }

    private mutating func wait(
        _ batch: LaneBatch,
        first: Duration,
        notBefore: Duration,
        until quiet: Duration
    ) -> Duration {
        let merged = self.deferred.map { $0.batch.merged(with: batch).batch } ?? batch
        let due = max(quiet, notBefore)
        self.deferred = Deferred(batch: merged, first: first, notBefore: notBefore, due: due)
        return due
    }

    /// A stop or delete that runs or waits; a complaint never undoes it.
    private var stopAhead: LifecycleVerb? {
        // The last request counts: if a restart waits behind a stop, complaints are accepted again.
        let last = self.pending ?? self.processing
        return last.flatMap { $0.verb == .restart ? nil : $0.verb }
    }
}
