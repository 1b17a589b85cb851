import ConcurrencyPrimitives
internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Performs the actions of a ``Cycle`` on the real machine.
///
/// There is one driver per cycle, and it works under the gate and the lock.
struct CycleDriver: Sendable {
    let id: WorkspaceID
    let directory: StateDirectory
    let configuration: LifecycleConfiguration
    let clock: any LifecycleClock
    let command: RuntimeCommand
    /// Called after every step, with the process of the current generation if there is one.
    let passed: @Sendable (LifecycleStep, JournalRecord?) -> Void
    let announce: @Sendable (LifecycleEvent.Kind, UInt64, String?) -> Void
    /// Called when a runtime that this process started has ended.
    let ended: @Sendable (UInt64, Int32?) -> Void

    private var lifeLock: LifeLock {
        LifeLock(path: self.directory.lifeLock(self.id))
    }

    private var readiness: ReadinessWait {
        ReadinessWait(
            id: self.id,
            directory: self.directory,
            configuration: self.configuration
        )
    }

    /// The process that is being launched, from its fork until it is ready.
    private struct Launch: ~Copyable {
        var stub: RuntimeStub?
        var reaper: ChildReaper?
        /// Whether this cycle has ended a runtime; then its log may be emptied for the next start.
        var hasEnded = false
    }

    /// Runs the cycle to its end.
    ///
    /// The claim proves that gate and lock are held.
    func run(_ cycle: inout Cycle, holding claim: borrowing WorkspaceClaim) async -> CycleResult {
        var launch = Launch()
        var action = cycle.receive(.begin)
        while true {
            if case .finish(let result) = action { return result }
            let event: Cycle.Event
            do throws(LifecycleError) { event = try await self.perform(action, &launch) } catch {
                event = .failed(error)
            }
            action = cycle.receive(event)
        }
    }

    /// Performs the actions that make a process and wait until it is ready.
    private func perform(_ action: Cycle.Action, _ launch: inout Launch) async throws(LifecycleError) -> Cycle.Event {
        switch action {
        case .spawn(let record):
            let stub = try await self.spawn(record)
            let identity = stub.identity
            launch.reaper = stub.reaper
            launch.stub = consume stub
            self.passed(.stubSpawned, record)
            return .spawned(identity)
        case .commit(let record):
            try launch.stub.take()?.commit()
            self.passed(.committed, record)
            return .done
        case .abandonStub(let record):
            // The closed commit pipe ends the stub. The signal ends it even if it is stopped. The next step must not
            // find it alive.
            launch.stub = nil
            if let child = record.child { ProcessHandle.open(child)?.signal(SIGKILL) }
            _ = await launch.reaper?.code(within: self.configuration.killTimeout)
            return .done
        case .awaitReady(let record):
            let endpoint = try await self.awaitReady(record, launch.reaper)
            return .ready(endpoint: endpoint, at: self.clock.now)
        case .end(let record, let why):
            launch.hasEnded = try await self.end(record, why) || launch.hasEnded
            return .done
        case .record(let record) where record.phase == .starting && launch.hasEnded:
            try await self.recordStartAfterEnd(record)
            return .done
        default: return try await self.perform(action)
        }
    }

    /// Performs the actions that need only their record.
    private func perform(_ action: Cycle.Action) async throws(LifecycleError) -> Cycle.Event {
        switch action {
        case .readJournal: return .journal(try await self.readJournal())
        case .inspect(let record): return .inspected(try await self.inspect(record))
        case .prove(let record): return .ready(endpoint: try await self.prove(record), at: self.clock.now)
        case .record(let record):
            if record.phase == .stopping { try await self.refuseFromInside(record) }
            try await self.record(record, Self.steps(of: record))
        case .recordBudget(let record): try await self.record(record, (.budgetWritten, .budgetRecorded))
        case .checkCommand(let record): try await self.check(record)
        case .setAsideJournal(let reason): try await self.setAside(reason)
        case .removeFiles:
            try await self.blocking { (journal) throws(LifecycleError) in try journal.removeAllButRecord() }
        case .spawn, .commit, .abandonStub, .awaitReady, .end, .finish: break
        }
        return .done
    }

    // MARK: Journal

    private func blocking<Value: Sendable>(
        written: (@Sendable () -> Void)? = nil,
        _ body: @escaping @Sendable (Journal) throws(LifecycleError) -> Value
    ) async throws(LifecycleError) -> Value {
        let journal = Journal(directory: self.directory, id: self.id, afterTemporary: written ?? {})
        return try await BlockingThread.attempt { () throws(LifecycleError) in try body(journal) }
    }

    private func readJournal() async throws(LifecycleError) -> JournalContents {
        let contents = try await self.blocking { (journal) throws(LifecycleError) in try journal.read() }
        self.passed(.journalRead, nil)
        return contents
    }

    private func setAside(_ reason: String) async throws(LifecycleError) {
        self.announce(.journalCorrupt, 0, "\(self.directory.journal(self.id)): \(reason); kept as .corrupt")
        try await self.blocking { (journal) throws(LifecycleError) in try journal.setAside() }
    }

    private func record(_ record: JournalRecord, _ steps: (LifecycleStep, LifecycleStep)) async throws(LifecycleError) {
        let (written, recorded) = steps
        let (directory, id, passed) = (self.directory, self.id, self.passed)
        try await self.blocking(written: { passed(written, record) }) { (journal) throws(LifecycleError) in
            try directory.prepare(id)
            try journal.write(record)
            // The record is written. Files that could not be removed are found and reported by the next verb.
            try? journal.removeLeftovers(keepingReportOf: record.generation)
        }
        self.passed(recorded, record)
    }

    /// Records a start; if the disk is full, it first empties the log of the runtime that this cycle has ended.
    ///
    /// The start would empty this log in any case.
    private func recordStartAfterEnd(_ record: JournalRecord) async throws(LifecycleError) {
        do throws(LifecycleError) { return try await self.record(record, Self.steps(of: record)) } catch {
            guard error.isLackOfSpace else { throw error }
        }
        try await self.blocking { (journal) throws(LifecycleError) in try journal.emptyLog() }
        try await self.record(record, Self.steps(of: record))
    }

    private static func steps(of record: JournalRecord) -> (LifecycleStep, LifecycleStep) {
        switch record.phase {
        case .starting: record.child == nil ? (.startingWritten, .startingRecorded) : (.childWritten, .childRecorded)
        case .running: (.runningWritten, .runningRecorded)
        case .stopping: (.stoppingWritten, .stoppingRecorded)
        case .absent, .failed: (.endWritten, .endRecorded)
        }
    }

    // MARK: Processes

    private func inspect(_ record: JournalRecord) async throws(LifecycleError) -> Cycle.Inspection {
        let (search, lifeLock) = (self.search(record), self.lifeLock)
        let creates = record.writtenMilliseconds == 0 && (record.verb == .create || record.verb == .getOrStart)
        let found = try await self.blocking { (journal) throws(LifecycleError) -> Cycle.Inspection in
            // Make no directory for a workspace that was never created.
            if creates { try journal.directory.prepare(journal.id) }
            let exists = try journal.directory.exists(journal.id)
            if exists { try journal.removeLeftovers(keepingReportOf: record.generation) }
            #if RED_CONTROLS
            if RedControl.isActive(.inspectionOff) { return .nothing }
            #endif
            if let child = record.child, ProcessTable.isAlive(child) { return .child }
            let findings = search.settledLook()
            let isHeld = exists ? try lifeLock.isHeld() : false
            return findings.proven.isEmpty && !isHeld ? .nothing : .remains(generation: findings.generation)
        }
        self.passed(.leftoversInspected, record)
        return found
    }

    private func search(_ record: JournalRecord) -> RuntimeSearch {
        RuntimeSearch(id: self.id, directory: self.directory, record: record)
    }

    /// Refuses a caller inside of the workspace, because it would end itself in the middle of the work.
    private func refuseFromInside(_ record: JournalRecord) async throws(LifecycleError) {
        let search = self.search(record)
        guard let reason = await BlockingThread.run({ search.reasonToIncludeCaller() }) else { return }
        throw LifecycleError(
            .calledFromInside,
            """
            This process (\(getpid())) belongs to workspace \(self.id) and would be ended with it: \(reason). \
            Nothing was done. Call from a process outside of it, with a session of its own and none of the workspace's \
            variables in its environment.
            """
        )
    }

    private func prove(_ record: JournalRecord) async throws(LifecycleError) -> String {
        let limit = record.phase == .running ? self.configuration.adoptionTimeout : self.configuration.readinessTimeout
        return try await self.readiness.wait(for: record, hint: self.hint(record), within: limit, reaper: nil)
    }

    private func hint(_ record: JournalRecord) -> String? { record.expectedEndpoint ?? self.command.endpoint }

    /// The command of the record, in the environment of this call.
    private func command(of record: JournalRecord) -> RuntimeCommand {
        var command = RuntimeCommand(record.command)
        command.environment = self.command.environment
        (command.workingDirectory, command.endpoint) = (record.workingDirectory, record.expectedEndpoint)
        return command
    }

    private func check(_ record: JournalRecord) async throws(LifecycleError) {
        let command = self.command(of: record)
        try await self.blocking { (journal) throws(LifecycleError) in
            _ = try command.executable()
            try journal.checkRoom(for: record)
        }
    }

    private func spawn(_ record: JournalRecord) async throws(LifecycleError) -> RuntimeStub {
        let (spawner, lifeLock) = (Spawner(directory: self.directory, id: self.id), self.lifeLock)
        let launch = self.command(of: record)
        let identity = RuntimeIdentity(generation: record.generation, nonce: record.nonce)
        let carrier = try await BlockingThread.attempt { () throws(LifecycleError) -> Transferred<RuntimeStub> in
            guard let life = try lifeLock.take() else { throw Self.lifeLockHeld(lifeLock.path) }
            return Transferred(try spawner.spawn(launch, as: identity, life: life))
        }
        guard let stub = carrier.take() else { throw Self.lifeLockHeld(lifeLock.path) }
        let (ended, generation) = (self.ended, record.generation)
        stub.reaper.whenEnded { ended(generation, $0) }
        return stub
    }

    private func awaitReady(_ record: JournalRecord, _ reaper: ChildReaper?) async throws(LifecycleError) -> String {
        let endpoint = try await self.readiness.wait(
            for: record,
            hint: self.hint(record),
            within: self.configuration.readinessTimeout,
            reaper: reaper
        )
        self.passed(.identityProven, record)
        return endpoint
    }

    /// - Returns: Whether there were processes to end.
    private func end(_ record: JournalRecord, _ why: String) async throws(LifecycleError) -> Bool {
        try await self.refuseFromInside(record)
        let ender = RuntimeEnder(
            search: self.search(record),
            lifeLock: self.lifeLock,
            gracePeriod: self.configuration.gracePeriod,
            killTimeout: self.configuration.killTimeout
        )
        let ended = try await ender.end { self.passed(.endRequested, record) }
        self.passed(.processesEnded, record)
        guard !ended.isEmpty else { return false }
        #if RED_CONTROLS
        if RedControl.isActive(.endNotSaid) { return true }
        #endif
        let numbers = ended.map(\.pid).sorted().map { String($0) }.joined(separator: ", ")
        self.announce(.ended, record.generation, "\(ended.count == 1 ? "process" : "processes") \(numbers): \(why)")
        return true
    }

    private static func lifeLockHeld(_ path: String) -> LifecycleError {
        LifecycleError(
            .processSurvived,
            "\(path) is held: a process of an earlier runtime lives. Try again."
        )
    }
}
