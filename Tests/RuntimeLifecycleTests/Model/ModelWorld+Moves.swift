@testable import RuntimeLifecycle

extension ModelWorld {
    /// All worlds that can follow.
    func successors(_ rules: Rules) -> [ModelWorld] {
        var worlds: [ModelWorld] = []
        for index in self.actors.indices where self.actors[index].isAlive {
            worlds += self.act(index, rules)
            if self.crashesLeft > 0 { worlds.append(self.crash(index)) }
        }
        return worlds + self.deaths()
    }

    private func changed(_ body: (inout ModelWorld) -> Void) -> ModelWorld {
        var world = self
        body(&world)
        return world
    }

    // MARK: Crashes

    private func crash(_ index: Int) -> ModelWorld {
        self.changed { world in
            world.crashesLeft -= 1
            world.actors[index].isAlive = false
            (world.actors[index].cycle, world.actors[index].action) = (nil, nil)
            // The kernel releases the lock at once. An uncommitted stub ends by itself a little later.
            if world.lock == index { world.lock = nil }
        }
    }

    private func deaths() -> [ModelWorld] {
        self.processes.compactMap { process in
            let isForsaken = !process.isCommitted && !self.actors[process.parent].isAlive
            guard isForsaken || (process.isCommitted && self.deathsLeft > 0) else { return nil }
            return self.changed { world in
                if process.isCommitted { world.deathsLeft -= 1 }
                world.processes.removeAll { $0 == process }
            }
        }
    }

    // MARK: Actions

    private func act(_ index: Int, _ rules: Rules) -> [ModelWorld] {
        guard let action = self.actors[index].action else { return self.begin(index, rules) }
        return self.outcomes(of: action, index, rules).map { world, event in
            guard let event else { return world }
            return world.changed { $0.actors[index].action = $0.actors[index].cycle?.receive(event) }
        }
    }

    private func begin(_ index: Int, _ rules: Rules) -> [ModelWorld] {
        guard let request = self.actors[index].verbs.first, self.lock == nil || !rules.hasLock else { return [] }
        return [
            self.changed { world in
                world.lock = index
                world.actors[index].verbs.removeFirst()
                world.actors[index].begun += 1
                let nonce = "\(index).\(world.actors[index].begun)"
                let spawner = ProcessIdentity(pid: Int32(1000 + index), startTicks: 1, bootID: "model")
                var cycle = Cycle(
                    request,
                    spawner: spawner,
                    nonce: nonce,
                    command: RuntimeCommand(["run"]),
                    restartInputs: Self.restartInputs
                )
                world.actors[index].action = cycle.receive(.begin)
                world.actors[index].cycle = cycle
            }
        ]
    }

    /// Time stands still: one complaint leads to a restart, and at the next one restarts are given up.
    private static let restartInputs: RestartInputs = {
        var restartInputs = RestartInputs(wallMilliseconds: 1)
        restartInputs.policy.maximumAttempts = 1
        (restartInputs.policy.settlePeriod, restartInputs.policy.initialBackOff) = (.zero, .zero)
        return restartInputs
    }()

    /// The possible results of an action; no event if the cycle is over.
    private func outcomes(of action: Cycle.Action, _ index: Int, _ rules: Rules) -> [(ModelWorld, Cycle.Event?)] {
        switch action {
        case .readJournal: return [(self, .journal(self.journal))]
        case .setAsideJournal, .removeFiles: return [(self, .done)]
        case .inspect(let record): return [(self, .inspected(self.inspect(record, rules)))]
        case .prove(let record), .awaitReady(let record): return self.prove(record)
        case .end(let record, _): return [(self.ended(record, rules), .done)]
        case .record(let record), .recordBudget(let record): return self.write(record)
        case .checkCommand: return [(self, .done), (self, .failed(LifecycleError(.invalidArgument, "")))]
        case .spawn(let record): return [self.spawn(record, index, rules)]
        case .commit(let record): return [self.commit(record)]
        case .abandonStub(let record):
            return [(self.changed { $0.processes.removeAll { $0.identity == record.child } }, .done)]
        case .finish(let result): return [(self.finish(result, index), nil)]
        }
    }

    private func inspect(_ record: JournalRecord, _ rules: Rules) -> Cycle.Inspection {
        guard rules.hasInspection else { return .nothing }
        if self.processes.contains(where: { $0.identity == record.child }) { return .child }
        return rules.hasLifeLock && !self.processes.isEmpty ? .remains(generation: 0) : .nothing
    }

    /// A runtime proves its identity, or is not ready in time; a runtime that has ended, or a stub, never proves it.
    private func prove(_ record: JournalRecord) -> [(ModelWorld, Cycle.Event?)] {
        let late = (self, Cycle.Event?.some(.failed(LifecycleError(.notReady, ""))))
        let isThere = self.runtimes.contains { $0.identity == record.child && $0.nonce == record.nonce }
        return isThere ? [(self, .ready(endpoint: "there", at: .zero)), late] : [late]
    }

    private func ended(_ record: JournalRecord, _ rules: Rules) -> ModelWorld {
        self.changed { world in world.processes.removeAll { $0.identity == record.child || rules.hasLifeLock } }
    }

    private func write(_ record: JournalRecord) -> [(ModelWorld, Cycle.Event?)] {
        let written = self.changed { world in
            var record = record
            record.writtenMilliseconds = 1
            world.journal = .record(record)
        }
        guard self.writeFailuresLeft > 0 else { return [(written, .done)] }
        let full = self.changed { $0.writeFailuresLeft -= 1 }
        return [(written, .done), (full, .failed(LifecycleError(.storage, "")))]
    }

    private func spawn(_ record: JournalRecord, _ index: Int, _ rules: Rules) -> (ModelWorld, Cycle.Event?) {
        guard !rules.hasLifeLock || self.processes.isEmpty else {
            return (self, .failed(LifecycleError(.processSurvived, "")))
        }
        let identity = ProcessIdentity(pid: self.lastPID + 1, startTicks: 1, bootID: "model")
        let world = self.changed { world in
            world.lastPID += 1
            let process = Process(
                identity: identity,
                nonce: record.nonce,
                parent: index,
                isCommitted: !rules.hasCommitPipe
            )
            world.processes.append(process)
        }
        return (world, .spawned(identity))
    }

    private func commit(_ record: JournalRecord) -> (ModelWorld, Cycle.Event?) {
        guard let place = self.processes.firstIndex(where: { $0.identity == record.child }) else {
            return (self, .failed(LifecycleError(.runtimeExited, "")))
        }
        return (self.changed { $0.processes[place].isCommitted = true }, .done)
    }

    private func finish(_ result: CycleResult, _ index: Int) -> ModelWorld {
        self.changed { world in
            (world.actors[index].cycle, world.actors[index].action) = (nil, nil)
            if world.lock == index { world.lock = nil }
            world.lie = world.lie ?? self.lie(result)
        }
    }

    /// Checks that each answer is true; a false one is excused only if a runtime has ended by itself.
    private func lie(_ result: CycleResult) -> String? {
        switch result {
        case .running(let record, _):
            let isThere = self.runtimes.contains { $0.identity == record.child } || self.deathsLeft == 0
            guard isThere, case .record(let written) = self.journal, written.generation == record.generation else {
                return "was told that generation \(record.generation) runs"
            }
            return nil
        case .stopped: return self.runtimes.isEmpty ? nil : "was told that nothing runs"
        case .gaveUp(let record):
            let isSo = record.budget.hasGivenUp && self.journal.isGivenUp
            return isSo ? nil : "was told that it was given up"
        case .settled, .lost, .postponed, .failed: return nil
        }
    }
}

extension JournalContents {
    /// Whether the record says that reactive restarts were given up.
    fileprivate var isGivenUp: Bool {
        if case .record(let record) = self { record.budget.hasGivenUp } else { false }
    }
}
