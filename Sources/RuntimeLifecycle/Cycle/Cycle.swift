/// One verb, from reading the journal to its result, as a pure value: it takes events and returns the next action.
///
/// ```
/// reading ─► inspecting ─┬─► proving ──► recordingRunning ─► finished          (adopt what lives)
///    │                   ├─► checkingCommand ─► recordingStopping ─► ending ─► recordingEnd ─► finished
///    │                   ├─► recordingBudget ─► finished           (a complaint that is given up)
///    └► settingAside ─►  └─► checkingCommand ─► ending ─► recordingStarting ─► spawning ─► recordingChild ─► committing
///                                          ─► awaitingReady ─► recordingRunning ─► finished
/// ```
/// Every effect is recorded before it happens. So after a crash the record shows which processes may live. A driver
/// performs the actions. A test that searches all states performs the same actions on an abstract machine.
struct Cycle: Hashable, Sendable {
    /// Which processes of a workspace live.
    enum Inspection: Hashable, Sendable {
        case nothing
        /// The recorded process lives, certainly.
        case child
        /// Other processes of the workspace live, but the recorded process has ended or is unknown; with their highest
        /// generation, or 0.
        ///
        /// They hold the life lock, or have the nonce or the mark of the state directory.
        case remains(generation: UInt64)
    }

    /// The next action of the driver.
    enum Action: Hashable, Sendable {
        case readJournal
        case setAsideJournal(reason: String)
        case inspect(JournalRecord)
        /// Let the live runtime prove that it is the recorded one.
        case prove(JournalRecord)
        /// End all processes of the record, for this reason.
        case end(JournalRecord, why: String)
        case record(JournalRecord)
        /// Record a change of only the budget.
        case recordBudget(JournalRecord)
        /// Check that the record can be written and its command can run, before the old runtime is ended.
        case checkCommand(JournalRecord)
        case spawn(JournalRecord)
        case commit(JournalRecord)
        case awaitReady(JournalRecord)
        /// End a stub that was never committed.
        case abandonStub(JournalRecord)
        case removeFiles
        case finish(CycleResult)
    }

    /// The result of the action.
    enum Event: Hashable, Sendable {
        case begin
        case journal(JournalContents)
        case inspected(Inspection)
        case done
        case spawned(ProcessIdentity)
        case ready(endpoint: String, at: Duration)
        case failed(LifecycleError)
    }

    enum State: Hashable, Sendable {
        case idle
        case reading
        case settingAside(JournalRecord)
        case inspecting(JournalRecord)
        /// There is no record: the workspace was never created, or the record was lost.
        case inspectingUnrecorded(JournalRecord)
        case proving(JournalRecord)
        case checkingCommand(JournalRecord, BeforeNext)
        case recordingBudget(CycleResult)
        /// With the phase that stays on disk if this fails.
        case recordingStopping(JournalRecord, was: RuntimePhase)
        case ending(JournalRecord, AfterEnd)
        case recordingStarting(JournalRecord)
        case spawning(JournalRecord)
        case recordingChild(JournalRecord)
        case committing(JournalRecord)
        case abandoning(JournalRecord, LifecycleError)
        case awaitingReady(JournalRecord)
        case recordingRunning(JournalRecord, CycleResult)
        case recordingEnd(CycleResult)
        case removing(CycleResult)
        case finished
    }

    /// How the old generation is ended, after the check that the next one can run.
    enum BeforeNext: Hashable, Sendable {
        /// A stop, with its tombstone.
        case stop(was: RuntimePhase)
        /// The end of processes that an interrupted verb left, or that do not prove their identity.
        case end(why: String)
    }

    /// What follows when nothing lives.
    enum AfterEnd: Hashable, Sendable {
        case start
        case rest(CycleResult)
        case fail(LifecycleError)
    }

    let request: CycleRequest
    /// The workspace, for messages.
    let name: String
    /// The process that acts, for the record.
    let spawner: ProcessIdentity
    /// The nonce of the generation this cycle may start.
    let nonce: String
    /// The command to run; without arguments, the recorded one is used.
    let command: RuntimeCommand
    let restartInputs: RestartInputs
    /// The current generation; 0 before it is known.
    private(set) var generation: UInt64 = 0
    /// Changed by ``enter(_:_:)`` only.
    private var state = State.idle

    init(
        _ request: CycleRequest,
        name: String = "",
        spawner: ProcessIdentity,
        nonce: String,
        command: RuntimeCommand = RuntimeCommand([]),
        restartInputs: RestartInputs = RestartInputs()
    ) {
        (self.request, self.name, self.spawner, self.nonce) = (request, name, spawner, nonce)
        (self.command, self.restartInputs) = (command, restartInputs)
    }

    var verb: LifecycleVerb { self.request.verb }

    /// Takes an event and returns the next action.
    ///
    /// An event that does not fit the state is a bug of this module.
    mutating func receive(_ event: Event) -> Action {
        switch (self.state, event) {
        case (.idle, .begin): self.enter(.reading, .readJournal)
        case (.reading, .journal(let contents)): self.received(contents)
        case (.settingAside(let record), .done): self.enter(.inspecting(record), .inspect(record))
        case (.inspecting(let record), .inspected(let found)): self.inspected(record, found)
        case (.inspectingUnrecorded(let record), .inspected(let found)): self.inspectedUnrecorded(record, found)
        case (.proving(let record), .ready(let endpoint, let now)): self.proved(record, endpoint, now)
        case (.proving(let record), .failed(let error)): self.refused(record, error)
        case (.checkingCommand(let record, .stop(let phase)), .done):
            self.enter(.recordingStopping(record, was: phase), .record(record))
        case (.checkingCommand(let record, .end(let why)), .done):
            self.enter(.ending(record, .start), .end(record, why: why))
        case (.recordingBudget(let result), .done): self.finish(result)
        // The runtime runs, as the caller wanted. The next start resets the budget.
        case (.recordingBudget(let result), .failed) where result.isRunning: self.finish(result)
        case (.recordingStopping(let record, _), .done):
            self.enter(.ending(record, self.afterStop(record)), .end(record, why: self.verb.reasonToEnd))
        case (.recordingStopping(let record, let phase), .failed(let error)): self.unrecorded(record, phase, error)
        case (.ending(let record, let next), .done): self.ended(record, next)
        case (.ending(let record, _), .failed(let error)): self.finish(.failed(error.leaving(record)))
        case (.recordingStarting(let record), .done): self.enter(.spawning(record), .spawn(record))
        case (.spawning(let record), .spawned(let child)): self.spawned(record, child)
        case (.spawning(let record), .failed(let error)): self.recordFailure(record, error)
        case (.recordingChild(let record), .done): self.enter(.committing(record), .commit(record))
        case (.recordingChild(let record), .failed(let error)), (.committing(let record), .failed(let error)):
            self.enter(.abandoning(record, error), .abandonStub(record))
        case (.abandoning(let record, let error), .done): self.recordFailure(record, error)
        case (.committing(let record), .done): self.enter(.awaitingReady(record), .awaitReady(record))
        case (.awaitingReady(let record), .ready(let endpoint, let now)): self.started(record, endpoint, now)
        case (.awaitingReady(let record), .failed(let error)):
            self.enter(.ending(record, .fail(error)), .end(record, why: error.message))
        case (.recordingRunning(_, let result), .done): self.finish(result)
        // The end could not be recorded. The earlier record stays, and the next verb recovers from it.
        case (.recordingEnd(let result), .failed(let error)): self.finish(result.failing(error))
        case (.recordingEnd(let result), .done): self.recordedEnd(result)
        case (.removing(let result), .done): self.finish(result)
        case (_, .failed(let error)): self.finish(.failed(error))
        // No input leads here: only the driver reports events, and only for the action that it got.
        default: preconditionFailure("The cycle's driver reported \(event) in state \(self.state).")
        }
    }

    /// Enters a state and returns its action.
    mutating func enter(_ state: State, _ action: Action) -> Action {
        self.state = state
        if let record = action.record { self.generation = record.generation }
        return action
    }

    mutating func finish(_ result: CycleResult) -> Action { self.enter(.finished, .finish(result)) }
}

extension Cycle.Action {
    /// The record of this state.
    var record: JournalRecord? {
        switch self {
        case .inspect(let record), .prove(let record), .end(let record, _), .record(let record),
            .recordBudget(let record), .checkCommand(let record), .spawn(let record), .commit(let record),
            .awaitReady(let record), .abandonStub(let record):
            record
        case .readJournal, .setAsideJournal, .removeFiles, .finish: nil
        }
    }
}

/// A request to a cycle: a verb, and the generation that it is limited to.
struct CycleRequest: Hashable, Sendable {
    let verb: LifecycleVerb
    /// The only generation that it may change, which failed or has a complaint; nil means any generation.
    let generation: UInt64?
    /// Why this generation failed, as text for people.
    let reason: String

    init(_ verb: LifecycleVerb, onlyGeneration generation: UInt64? = nil, reason: String = "") {
        (self.verb, self.generation, self.reason) = (verb, generation, reason)
    }

    /// Whether a complaint asked for it.
    var isReactive: Bool { self.verb == .restart && self.generation != nil }
}
