/// One verb from reading the journal to its result, as a value: events in, the next action out.
///
/// ```
/// reading ─► inspecting ─┬─► proving ──► recordingRunning ─► finished          (adopt what lives)
///    │                   ├─► checkingCommand ─► recordingStopping ─► ending ─► recordingEnd ─► finished
///    │                   ├─► recordingBudget ─► finished           (a complaint that is given up)
///    └► settingAside ─►  └─► checkingCommand ─► ending ─► recordingStarting ─► spawning ─► recordingChild ─► committing
///                                          ─► awaitingReady ─► recordingRunning ─► finished
/// ```
/// Every effect is journalled before it happens, so whoever finds the record after a crash knows what may live. A
/// driver performs the actions; the exhaustive model of the tests performs the same ones on an abstract machine.
struct Cycle: Hashable, Sendable {
    /// What lives of a workspace.
    enum Inspection: Hashable, Sendable {
        case nothing
        /// The recorded process, certainly.
        case child
        /// Something of the workspace, though the recorded process is gone or unknown: it holds the life lock, or
        /// carries the nonce or the mark of the state directory. With the highest generation that it names, or 0.
        case remains(generation: UInt64)
    }

    /// What the driver must do next.
    enum Action: Hashable, Sendable {
        case readJournal
        case setAsideJournal(reason: String)
        case inspect(JournalRecord)
        /// Have the living runtime prove that it is the one recorded.
        case prove(JournalRecord)
        /// End everything of the record, for this reason.
        case end(JournalRecord, why: String)
        case record(JournalRecord)
        /// Nothing but the budget has changed.
        case recordBudget(JournalRecord)
        /// See that the record can be written and its command run, before what runs is ended for it.
        case checkCommand(JournalRecord)
        case spawn(JournalRecord)
        case commit(JournalRecord)
        case awaitReady(JournalRecord)
        /// Let a stub that was never committed die, for this reason.
        case abandonStub(JournalRecord)
        case removeFiles
        case finish(CycleResult)
    }

    /// How the action went.
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
        /// There is no record: either the workspace was never created, or the record was lost.
        case inspectingUnrecorded(JournalRecord)
        case proving(JournalRecord)
        case checkingCommand(JournalRecord, BeforeNext)
        case recordingBudget(CycleResult)
        /// With the phase that stays on disk should this fail.
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

    /// What makes room for the next generation, once it is known that it can be run.
    enum BeforeNext: Hashable, Sendable {
        /// A stop with its tombstone.
        case stop(was: RuntimePhase)
        /// The end of what an interrupted verb left, or of what does not prove itself.
        case end(why: String)
    }

    /// What follows when nothing lives any more.
    enum AfterEnd: Hashable, Sendable {
        case start
        case rest(CycleResult)
        case fail(LifecycleError)
    }

    let request: CycleRequest
    /// The workspace, for words.
    let name: String
    /// Who acts, for the record.
    let spawner: ProcessIdentity
    /// The nonce of the generation this cycle may start.
    let nonce: String
    /// The command to run; without arguments the recorded one.
    let command: RuntimeCommand
    let terms: RestartTerms
    /// The generation at hand, 0 before one is known.
    private(set) var generation: UInt64 = 0
    /// Changed by ``enter(_:_:)`` only.
    private var state = State.idle

    init(
        _ request: CycleRequest,
        name: String = "",
        spawner: ProcessIdentity,
        nonce: String,
        command: RuntimeCommand = RuntimeCommand([]),
        terms: RestartTerms = RestartTerms()
    ) {
        (self.request, self.name, self.spawner, self.nonce) = (request, name, spawner, nonce)
        (self.command, self.terms) = (command, terms)
    }

    var verb: LifecycleVerb { self.request.verb }

    /// Takes what happened and says what to do.
    ///
    /// An event that does not fit the state is our own bug.
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
        // It runs, and that is what was asked: the next start gives the fresh budget.
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
        // A failure that could not be recorded: the earlier record stands and the next verb recovers from it.
        case (.recordingEnd(let result), .failed(let error)): self.finish(result.failing(error))
        case (.recordingEnd(let result), .done): self.recordedEnd(result)
        case (.removing(let result), .done): self.finish(result)
        case (_, .failed(let error)): self.finish(.failed(error))
        // No input leads here: only the driver reports, and only on the action it was given.
        default: preconditionFailure("The cycle's driver reported \(event) in state \(self.state).")
        }
    }

    /// Goes to a state and gives the action that belongs to it.
    mutating func enter(_ state: State, _ action: Action) -> Action {
        self.state = state
        if let record = action.record { self.generation = record.generation }
        return action
    }

    mutating func finish(_ result: CycleResult) -> Action { self.enter(.finished, .finish(result)) }
}

extension Cycle.Action {
    /// The record it is about.
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
