import AgentRuntime
import ConcurrencyPrimitives
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Everything that a follower knows, as one value behind one lock: its life, its queue, and what the consumer has.
///
/// Its methods decide; the driver acts after it has unlocked.
struct Following: Sendable {
    let configuration: FollowerConfiguration
    let watch: FollowerWatch?
    private let settings: FollowerMachine.Settings
    private(set) var machine: FollowerMachine
    private(set) var queue: ElementQueue
    /// What the consumer has taken.
    private var tracker: WorkspaceTracker
    /// The batch in the hands of the consumer.
    private var handed: HandedBatch?
    /// An empty batch that nobody holds, for the next one.
    private var spare: HandedBatch?
    /// The rest of a batch that a consumer has not taken.
    private var returned: [FollowedElement] = []
    private var held: HeldEvents
    private var echoes = Echoes()
    private(set) var statistics = FollowerStatistics()

    /// Where the runtime is; nil before the source has answered.
    var endpoint: FollowedEndpoint?
    /// The runtimes whose events were delivered, the last one at the end; only those that elements in the queue may need.
    private var origins: [RuntimeIdentity] = []
    /// The position from which it has started; nil if it began without one.
    private let startedAt: FollowerPosition?
    /// Whether the stream was ended by us, to hear a new shell.
    private var isReattach = false
    /// The last moment before the connection was lost; nil if nothing was lost.
    private var lostAt: Gap.Moment?
    /// Whether the events of the stream follow those that were delivered; it stays as it was when the end began.
    private var isSpliced = true
    /// Whether the connection is live and attached, so that events are only delivered; for the most frequent case.
    private var isPlain = false
    /// The recovery on the current stream; nil before it begins, and after its end.
    private var recovery: FollowerMachine.Operation?
    /// Whether an attempt was made since the connection was lost, so that also an end must be told by a gap.
    private var isBridging = false
    /// Whether `connected` has ever come.
    private(set) var hasConnected = false
    /// The last event that came, by our clock and by the runtime's.
    private(set) var lastEvent: Gap.Moment
    /// The last state of the connection that the consumer was told, or will be when it takes it; and since when.
    private(set) var told = FollowerCore.Told()
    private(set) var toldAt: Int64
    /// Why the connection was lost last, or an attempt failed; nil if that never happened.
    private(set) var lastFailure: FollowerFailure?
    /// The processes that ran when the runtime may have dropped events.
    private var suspects: Set<String>?
    /// What the last audit has left for the next one.
    private var pending = Audit.Pending()

    /// The time of a step; the monotonic clock is read only if it is needed.
    struct Now {
        let wall: Int64
        let environment: FollowerEnvironment
    }

    init(
        _ configuration: FollowerConfiguration,
        position: FollowerPosition?,
        now: Int64,
        watch: FollowerWatch? = nil
    ) {
        (self.configuration, self.watch, self.toldAt) = (configuration, watch, now)
        self.settings = FollowerMachine.Settings(
            reconnect: configuration.reconnect,
            auditInterval: configuration.recovery.auditInterval,
            shortestAuditInterval: configuration.recovery.shortestAuditInterval
        )
        self.machine = FollowerMachine(hasHistory: position != nil)
        self.queue = ElementQueue(configuration.queue, watch: watch)
        self.held = HeldEvents(configuration.recovery)
        self.startedAt = position
        if let position {
            self.tracker = WorkspaceTracker(position, keepsDiffs: configuration.keepsDiffs)
            self.lastEvent = Gap.Moment(local: position.local, server: position.server)
            self.lostAt = self.lastEvent
        } else {
            self.tracker = WorkspaceTracker(keepsDiffs: configuration.keepsDiffs)
            self.lastEvent = Gap.Moment(local: now)
        }
    }

    // MARK: Steps of the machine

    /// Takes a step, and queues what the consumer is told.
    ///
    /// - Returns: The actions for the driver.
    mutating func step(_ input: FollowerMachine.Input, _ now: Now) -> [FollowerMachine.Action] {
        let isLost = self.prepare(input)
        if !self.machine.isEnding { self.isSpliced = !self.machine.holdsBack }
        defer { self.isPlain = self.machine.isLive && self.machine.hasAttached }
        let actions = self.machine.step(
            input,
            now: now.environment.now(),
            wall: now.wall,
            settings: self.settings,
            random: now.environment.random
        )
        self.watch?.stepped(input, actions)
        // If the follower ends by this loss, no later recovery looks for the events that were held back.
        if isLost, !self.machine.hasFailed {
            self.held = HeldEvents(self.configuration.recovery)
            self.recovery = nil
        }
        return actions.filter { action in
            switch action {
            case .state(let state): self.tell(state, now)
            case .dial: self.statistics.attempts += 1
            case .recover(let operation, _): self.recovery = operation
            default: break
            }
            if case .state = action { return false }
            return true
        }
    }

    /// - Returns: Whether the stream is lost.
    private mutating func prepare(_ input: FollowerMachine.Input) -> Bool {
        guard case .lost(let operation, let failure) = input, operation == self.machine.stream else { return false }
        // A stream that is lost before its recovery leaves the reason as it was.
        if self.lostAt == nil { self.isReattach = failure.kind == .reattach }
        self.statistics.losses += 1
        // Events that were held back are inside of the gap: the next recovery looks for them, too.
        self.echoes = Echoes()
        (self.suspects, self.pending) = (nil, Audit.Pending())
        if self.lostAt == nil { self.lostAt = self.lastEvent }
        return true
    }

    private mutating func tell(_ state: FollowerState, _ now: Now) {
        switch state {
        case .dialling: self.isBridging = self.machine.hasHistory && self.lostAt != nil
        case .gone(let end):
            guard self.isBridging, end.failure != nil, let since = self.lostAt.take() else { break }
            let cause: Gap.Cause = self.isReplaced ? .replaced : .disconnected
            self.append(Gap(.stream, cause: cause, since: since, until: Gap.Moment(local: now.wall)))
        default: break
        }
        (self.told, self.toldAt) = (FollowerCore.Told(state: state, version: self.told.version + 1), now.wall)
        switch state {
        case .waiting(let wait): self.lastFailure = wait.failure
        case .gone(let end): self.lastFailure = end.failure ?? self.lastFailure
        default: break
        }
        self.queue.append(state)
    }

    private mutating func append(_ gap: Gap) {
        self.queue.append(.gap(gap))
        self.watch?.gap(gap)
    }

    // MARK: Events

    /// What happened to a batch.
    struct Received {
        var hasRoom = true
        /// The actions for the driver, if the machine has taken a step.
        var actions: [FollowerMachine.Action]?
        /// Whether a known repository that had no status may have one now.
        var hasStatus = false
    }

    /// Takes a batch of the stream.
    mutating func receive(
        _ events: [WorkspaceEvent],
        bytes: Int,
        of stream: FollowerMachine.Operation,
        _ now: Now,
        _ received: inout Received
    ) {
        if self.isPlain, self.echoes.isEmpty, events.count < self.configuration.recovery.burst {
            self.deliver(events, bytes: bytes, now)
            if !self.queue.isFull { return }
            received.hasRoom = false
            self.statistics.pauses += 1
            return
        }
        if self.machine.isEnding, !self.isSpliced {
            // What was missed before these events will never be delivered, so they must not be, either.
            return
        }
        if self.machine.holdsBack {
            self.hold(events, bytes: bytes)
            received.hasStatus = true
            #if RED_CONTROLS
            if RedControl.isActive(.nothingHeldBack) { self.releaseHeld(now) }
            #endif
            received.actions = self.step(.attached(stream), now)
        } else {
            if !self.machine.hasAttached { received.actions = self.step(.attached(stream), now) }
            self.expireEchoes(now)
            self.deliver(events, bytes: bytes, now)
        }
        if events.count >= self.configuration.recovery.burst {
            received.actions = (received.actions ?? []) + self.suspectBurst(events, now)
        }
        received.hasRoom = self.hasRoomForEvents
        if !received.hasRoom {
            self.statistics.pauses += 1
            // What waits in the socket meanwhile may be an echo, however long it waits.
            self.echoesSince = nil
        }
    }

    /// Whether what was recovered has room; a consumer that does not come back stops the recovery, too.
    var hasRoomForRecovery: Bool { self.queue.hasRoom }

    /// Whether the reader may go on.
    var hasRoomForEvents: Bool { self.machine.holdsBack ? !self.held.isFull : !self.queue.isFull }

    /// Whether a reader that has stopped may read again.
    var mayReadAgain: Bool { self.machine.holdsBack ? !self.held.isFull : self.queue.hasRoom }

    /// What waits, for the memory budget of a fleet; see ``ElementQueue/weight``.
    var weight: Int { self.queue.weight + self.held.bytes }

    /// Events that were held back will never be delivered: they are inside of the gap before the end.
    mutating func forgetHeld() { self.held = HeldEvents(self.configuration.recovery) }

    /// The memory budget of a fleet has stopped the reading, although there is room.
    mutating func pausedByFleet() {
        self.statistics.pauses += 1
        self.echoesSince = nil
        // An audit follows the recovery.
        if self.machine.holdsBack { self.held.hadBurst = true }
    }

    private mutating func hold(_ events: [WorkspaceEvent], bytes: Int) {
        let share = bytes / max(1, events.count)
        for event in events {
            if case .connected = event.content { self.hasConnected = true }
            self.held.append(event, bytes: share)
        }
        self.statistics.bytes += bytes
    }

    /// Queues events.
    ///
    /// - Parameters:
    ///   - events: The events, at least one.
    ///   - bytes: Their size together.
    ///   - isCounted: Whether the statistics have their size already.
    ///   - now: The time.
    private mutating func deliver(_ events: [WorkspaceEvent], bytes: Int, isCounted: Bool = false, _ now: Now) {
        if self.origins.isEmpty { self.meetRuntime() }
        let share = bytes / events.count
        var count = events.count
        self.lastEvent.local = now.wall
        let moment = Gap.Moment(local: now.wall)
        self.queue.reserve(events.count)
        for event in events {
            if let timestamp = event.timestamp { self.lastEvent.server = timestamp }
            if case .connected = event.content { (self.attachedAt, self.hasConnected) = (event.timestamp ?? 0, true) }
            if !self.echoes.isEmpty, self.isEcho(event, now) {
                self.statistics.duplicates += 1
                count -= 1
                continue
            }
            self.queue.append(event, bytes: share, now: moment)
        }
        self.statistics.events += count
        if !isCounted { self.statistics.bytes += bytes }
    }

    /// Whether an event was recovered already.
    private mutating func isEcho(_ event: WorkspaceEvent, _ now: Now) -> Bool {
        switch self.echoes.take(event) {
        case .drop: return true
        case .deliver(let isAmbiguous): if isAmbiguous { self.tellAgain([], now) }
        case .deliverAfter(let pieces): self.tellAgain(pieces, now)
        }
        return false
    }

    /// Pieces of shell output that may come twice are delivered, behind a gap that says so.
    private mutating func tellAgain(_ pieces: [String], _ now: Now) {
        let moment = Gap.Moment(local: now.wall, server: self.lastEvent.server)
        self.append(Gap(.shell, cause: .disconnected, since: moment, until: moment, certainty: .ambiguous))
        for piece in pieces { self.queue.append(.event(WorkspaceEvent(.shellOutput(piece))), bytes: piece.utf8.count) }
    }

    /// The time in which output of the shell that was recovered may still come on the wire, while we read.
    private static let echoTime = Duration.seconds(10)

    private mutating func expireEchoes(_ now: Now) {
        guard self.echoes.shell != nil else { return }
        guard let since = self.echoesSince else { return self.echoesSince = now.environment.now() }
        guard now.environment.now() - since >= Self.echoTime else { return }
        let pieces = self.echoes.expireShell()
        if !pieces.isEmpty { self.tellAgain(pieces, now) }
    }

    /// Since when we read without a pause, while echoes of the shell are expected; nil if we do not.
    private var echoesSince: Duration?

    // MARK: Taking

    /// Hands the next batch to the consumer.
    ///
    /// - Parameters:
    ///   - maximum: The largest number of elements.
    ///   - limit: The weight after which no other element is taken; see ``ElementQueue/weight``.
    /// - Returns: The batch; nil if nothing waits.
    mutating func take(_ maximum: Int, weight limit: Int = .max) -> HandedBatch? {
        self.commit()
        let batch = self.spare.take() ?? HandedBatch()
        if self.returned.isEmpty {
            batch.fill { self.queue.take(maximum, weight: limit, into: &$0) }
        } else {
            batch.fill { swap(&$0, &self.returned) }
            self.returned = []
        }
        guard !batch.elements.isEmpty else {
            self.spare = batch
            return nil
        }
        self.handed = batch
        return batch
    }

    /// The consumer has come back for more, so it has taken all of its batch.
    private mutating func commit() {
        guard var batch = self.handed.take() else { return }
        let local = self.lastEvent.local
        if isKnownUniquelyReferenced(&batch) {
            batch.drain { self.tracker.apply($0, local: local) }
            self.spare = batch
        } else {
            for element in batch.elements { self.tracker.apply(element, local: local) }
        }
    }

    /// The consumer has taken all of a batch, and does not come back for more now.
    mutating func finish(_ batch: HandedBatch) { if self.handed === batch { self.commit() } }

    /// The consumer has left, and gives back what it has not taken of its batch.
    mutating func giveBack(_ batch: HandedBatch) {
        guard self.handed === batch else { return }
        self.handed = nil
        let taken = batch.taken
        for element in batch.elements.prefix(taken) { self.tracker.apply(element, local: self.lastEvent.local) }
        self.returned = Array(batch.elements.dropFirst(taken))
    }

    // MARK: What the consumer has

    /// What the consumer has, to the single element.
    private var taken: WorkspaceTracker {
        var tracker = self.tracker
        if let batch = self.handed {
            for element in batch.elements.prefix(batch.taken) { tracker.apply(element, local: self.lastEvent.local) }
        }
        return tracker
    }

    /// What the consumer has when it has taken its whole batch.
    private var inHands: WorkspaceTracker {
        var tracker = self.tracker
        for element in self.handed?.elements ?? [] { tracker.apply(element, local: self.lastEvent.local) }
        for element in self.returned { tracker.apply(element, local: self.lastEvent.local) }
        return tracker
    }

    /// What the consumer has when it has taken everything that was received.
    var received: WorkspaceTracker {
        var tracker = self.inHands
        for element in self.queue.waiting { tracker.apply(element, local: self.lastEvent.local) }
        return tracker
    }

    /// Whether something waits for the consumer.
    var hasElements: Bool { !self.queue.isEmpty || !self.returned.isEmpty }

    /// The runtime whose events were delivered last; nil if that is not known.
    private var origin: RuntimeIdentity? {
        self.origins.last ?? self.startedAt.map { RuntimeIdentity(baseURL: nil, $0.instanceID, $0.generation) }
    }

    /// Whether another runtime is followed now than the one whose events were delivered.
    private var isReplaced: Bool {
        guard let origin = self.origin, let endpoint = self.endpoint else { return false }
        return !origin.mayBe(RuntimeIdentity(endpoint))
    }

    /// Events of the runtime that the source has named are delivered from now on.
    private mutating func meetRuntime() {
        guard let endpoint = self.endpoint else { return }
        let identity = RuntimeIdentity(endpoint)
        guard identity != self.origins.last else { return }
        self.origins.append(identity)
        if self.origins.count > 64 { self.origins.removeFirst() }
    }

    /// The runtime of the last element that the consumer has taken: what waits may be of later ones.
    private var takenOrigin: RuntimeIdentity {
        let handed = self.handed.map { $0.elements.dropFirst($0.taken) } ?? []
        let waiting = handed + self.returned + self.queue.waiting
        let later = waiting.count { if case .gap(let gap) = $0 { gap.cause == .replaced } else { false } }
        if later < self.origins.count { return self.origins[self.origins.count - 1 - later] }
        let position = self.startedAt
        return RuntimeIdentity(baseURL: nil, position?.instanceID, position?.generation)
    }

    var snapshot: WorkspaceSnapshot { self.taken.snapshot }

    var position: FollowerPosition { self.taken.position(in: self.takenOrigin) }

    var counters: FollowerStatistics {
        var statistics = self.statistics
        let losses = self.queue.losses
        statistics.supersededStatuses = losses.supersededStatuses
        statistics.joinedFileChanges = losses.joinedFileChanges
        statistics.droppedOutputs = losses.droppedOutputs
        let counts = self.taken.counts
        statistics.eventsByType = counts.events
        (statistics.recovered, statistics.gaps, statistics.processEnds) = (
            counts.recovered, counts.gaps, counts.processEnds
        )
        return statistics
    }

    // MARK: Recovery

    /// The repositories that are known, and whose real status has not come on the new stream.
    var repositoriesWithoutStatus: [String] {
        self.received.repositories.names.filter { self.held.status($0) == nil }
    }

    /// The head that a repository has by the stream; nil if no real status has come.
    func heldHead(of name: String) -> String?? { self.held.status(name).map(\.headCommit) }

    /// The processes that the consumer knows to run.
    var runningProcesses: [String] { self.received.running.map(\.status.processID) }

    /// What was missed is delivered, then the live events that were held back.
    ///
    /// - Returns: The actions, and whether the stream must be attached again.
    mutating func finishRecovery(
        _ recovery: FollowerMachine.Operation,
        _ answers: RecoveryAnswers,
        _ now: Now
    ) -> (actions: [FollowerMachine.Action], mustAttachAgain: Bool) {
        // The follower may be ending, because the stream was lost meanwhile and no retry helps; then these are its last
        // elements.
        let isLast = self.machine.hasFailed && recovery == self.recovery
        guard isLast || (self.machine.holdsBack && self.machine.isCurrent(recovery: recovery)) else {
            return (self.step(.recovered(recovery), now), false)
        }
        (self.recovery, self.isBridging) = (nil, false)
        let since = self.lostAt ?? self.lastEvent
        let until = Gap.Moment(local: now.wall, server: self.held.firstTimestamp)
        self.attachedAt = self.held.firstTimestamp ?? 0
        let splice = Splice(
            received: self.received,
            cause: self.isReplaced ? .replaced : .disconnected,
            since: since,
            until: until,
            held: self.held,
            answers: answers,
            maximumCommits: self.configuration.recovery.maximumCommits,
            isReattach: self.isReattach
        )
        self.lostAt = nil
        self.meetRuntime()
        for element in splice.elements {
            #if RED_CONTROLS
            if RedControl.isActive(.gapSwallowed), case .gap = element { continue }
            #endif
            self.queue.append(element, bytes: element.size)
        }
        self.watch?.delivered(splice.elements)
        let (wasFull, hadBurst, heldBytes) = (self.held.wasFull, self.held.hadBurst, self.held.bytes)
        self.held = HeldEvents(self.configuration.recovery)
        (self.echoes, self.echoesSince) = (splice.echoes, now.environment.now())
        if wasFull {
            self.append(Gap(.stream, cause: .suspectedDrop, since: until, until: until, certainty: .unknown))
        }
        // These are the last elements, so they come before the word that the follower has ended.
        if isLast, !splice.live.isEmpty { self.deliver(splice.live, bytes: heldBytes, isCounted: true, now) }
        var actions = self.step(.recovered(recovery), now)
        if isLast { return (actions, false) }
        if !splice.live.isEmpty { self.deliver(splice.live, bytes: heldBytes, isCounted: true, now) }
        if wasFull || hadBurst { actions += self.suspect(now) }
        return (actions, splice.mustAttachAgain)
    }

    #if RED_CONTROLS
    private mutating func releaseHeld(_ now: Now) {
        let events = self.held.events
        self.held = HeldEvents(self.configuration.recovery)
        if !events.isEmpty { self.deliver(events, bytes: 0, now) }
    }
    #endif

    // MARK: Audits

    /// The runtime may have dropped events, because they were not read in time.
    mutating func suspect(_ now: Now) -> [FollowerMachine.Action] {
        // A flood of shell output alone makes no process suspect.
        guard self.machine.isLive, !self.machine.isSuspicious || self.suspects == nil else { return [] }
        let running = Set(self.received.running.map(\.status.processID))
        self.suspects = (self.suspects ?? []).union(running)
        return self.machine.isSuspicious ? [] : self.step(.suspected, now)
    }

    /// The audit has its answers: what was dropped is told, and delivered late.
    ///
    /// The output of the shell is compared as it was when the audit began: later output may have come after the answer.
    mutating func finishAudit(
        _ audit: FollowerMachine.Operation,
        _ answers: RecoveryAnswers,
        suspects: Set<String>?,
        shell: ShellTail,
        _ now: Now
    ) -> (actions: [FollowerMachine.Action], mustAttachAgain: Bool) {
        guard self.machine.isCurrent(audit: audit) else { return (self.step(.audited(audit), now), false) }
        self.statistics.audits += 1
        let moment = Gap.Moment(local: now.wall, server: self.lastEvent.server)
        let outcome = Audit(
            received: self.received,
            answers: answers,
            suspects: suspects,
            shell: shell,
            at: moment,
            after: self.pending
        )
        self.pending = outcome.pending
        for output in outcome.echoes { self.echoes.expect(output) }
        for element in outcome.elements { self.queue.append(element, bytes: element.size) }
        self.watch?.delivered(outcome.elements)
        for (id, stream, key) in outcome.audited { self.change { $0.audited(id, stream, upTo: key) } }
        let attaches = answers.shellStart?.instant.map { $0.milliseconds > self.attachedAt } ?? false
        // What may be on its way is looked at again soon.
        var actions = suspects != nil && !self.pending.isEmpty ? self.step(.suspected, now) : []
        actions += self.step(.audited(audit), now)
        return (actions, attaches && self.attachedAt > 0)
    }

    /// Many events came in one read, so a channel of the runtime may have been full.
    ///
    /// Output of the shell has a channel of its own: a flood of it can't hurt other events, and the ring shows whether
    /// it has lost something.
    private mutating func suspectBurst(_ events: [WorkspaceEvent], _ now: Now) -> [FollowerMachine.Action] {
        let others = events.count { if case .shellOutput = $0.content { false } else { true } }
        guard others >= self.configuration.recovery.burst else {
            return self.machine.isLive && !self.machine.isSuspicious ? self.step(.suspected, now) : []
        }
        // The channel of the runtime fills while it attaches, too.
        if self.machine.holdsBack { self.held.hadBurst = true }
        return self.suspect(now)
    }

    /// Takes the processes that ran when the runtime may have dropped events; nil if nothing is suspected.
    mutating func takeSuspects() -> Set<String>? { self.suspects.take() }

    private mutating func change(_ step: (inout WorkspaceTracker) -> Void) {
        step(&self.tracker)
    }

    /// The timestamp of `connected` on the current stream; 0 if it is not known.
    private var attachedAt: Int64 = 0
}
