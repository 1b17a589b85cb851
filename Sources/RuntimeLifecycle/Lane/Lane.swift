#if RED_CONTROLS
internal import RedControls
#endif

/// The requests of one workspace: one cycle at a time, everything asked for meanwhile merged into exactly one more.
///
/// ```
///            request                 request: merged into pending
/// idle ─────────────► processing ──────────────────────────────► processing + pending
///  ▲                      │ finished                                   │ finished
///  └──────────────────────┘                       processing (pending) ┘
/// ```
/// "Again or idle" is decided in ``finished(_:)`` together with clearing `processing`: there is no instant at which a
/// request finds a cycle running that will not look for it. Complaints wait beside this in `deferred`, until none came
/// for a while, and then enter like any other request. Whether there is a budget left for them is in the journal, which
/// all processes share: the cycle finds out, and may put them off.
struct Lane: Hashable, Sendable {
    /// What the driver must do.
    enum Effect: Hashable, Sendable {
        case run(LaneBatch)
        case supersede([LaneBatch.Ticket], by: LifecycleVerb)
        /// Call ``timerFired(now:)`` then; replaces an earlier timer.
        case setTimer(Duration)
        case cancelTimer
    }

    /// How a cycle ended.
    enum Ending: Hashable, Sendable {
        case done
        /// It was about complaints, and their time has not come.
        case postponed(until: Duration)
    }

    private struct Deferred: Hashable, Sendable {
        var batch: LaneBatch
        let first: Duration
        /// What a cycle has found to be the earliest time.
        var notBefore: Duration
        var due: Duration
    }

    let policy: RestartPolicy
    private(set) var processing: LaneBatch?
    private(set) var pending: LaneBatch?
    private var deferred: Deferred?

    init(policy: RestartPolicy) { self.policy = policy }

    /// When waiting complaints will be acted on.
    var due: Duration? { self.deferred?.due }

    /// Nothing under way and nothing waiting.
    var isForgettable: Bool {
        self.processing == nil && self.pending == nil && self.deferred == nil
    }

    /// A person or program asks; this is never delayed.
    mutating func request(_ batch: LaneBatch) -> [Effect] {
        self.absorbComplaints(into: batch) { lane, batch in lane.enter(batch) }
    }

    /// A probe complains of a generation.
    mutating func complain(_ batch: LaneBatch, now: Duration) -> [Effect] {
        #if RED_CONTROLS
        if RedControl.isActive(.complaintUndoesStop) { return [.setTimer(self.postpone(batch, now: now))] }
        #endif
        if let stop = self.stopAhead { return [.supersede(batch.tickets, by: stop)] }
        return [.setTimer(self.postpone(batch, now: now))]
    }

    /// The time of a timer has come.
    mutating func timerFired(now: Duration) -> [Effect] {
        guard let waiting = self.deferred else { return [] }
        guard now >= waiting.due else { return [.setTimer(waiting.due)] }
        self.deferred = nil
        return self.enter(waiting.batch)
    }

    /// The cycle has ended, well or not.
    mutating func finished(_ ending: Ending) -> [Effect] {
        guard let batch = self.processing else { return [] }
        #if RED_CONTROLS
        if RedControl.isActive(.laneRequestLost) { self.pending = nil }
        #endif
        let next = self.pending
        (self.processing, self.pending) = (next, nil)
        guard case .postponed(let until) = ending else { return next.map { [.run($0)] } ?? [] }
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

    /// A restart serves the complaints that wait, a stop ends them.
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

    /// What a cycle has put off waits together with what came meanwhile.
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

    /// A stop or delete that runs or waits: a complaint never undoes it.
    private var stopAhead: LifecycleVerb? {
        // What is asked for last counts: a restart that waits behind a stop makes complaints welcome again.
        let last = self.pending ?? self.processing
        return last.flatMap { $0.verb == .restart ? nil : $0.verb }
    }
}
