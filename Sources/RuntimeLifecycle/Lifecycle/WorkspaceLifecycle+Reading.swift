extension WorkspaceLifecycle {
    /// What the journal and the process table say; takes no lock and changes nothing.
    ///
    /// - Parameter id: The workspace.
    /// - Returns: The status, with phase `failed` and a reason when the journal is corrupt; `nil` when it was never
    ///   created.
    /// - Throws: ``LifecycleError`` when the journal can't be read.
    public func status(_ id: WorkspaceID) async throws -> WorkspaceStatus? {
        let (journal, now) = (Journal(directory: self.runner.directory, id: id), self.runner.clock.now)
        return try await BlockingThread.attempt { () throws(LifecycleError) in
            let contents = try journal.directory.exists(id) ? try journal.read() : .none
            switch contents {
            case .none: return Self.statusOfUnrecorded(journal, now: now)
            case .record(let record): return WorkspaceStatus(id, record, now: now)
            case .corrupt(let reason, let floor):
                let words =
                    "The journal \(journal.directory.journal(id)) is corrupt: \(reason). The next start repairs it."
                return WorkspaceStatus(id, JournalRecord(generation: floor, phase: .failed, reason: words), now: now)
            }
        }
    }

    /// Without a record: nothing was created, unless something lives that says otherwise.
    private static func statusOfUnrecorded(_ journal: Journal, now: Duration) -> WorkspaceStatus? {
        let search = RuntimeSearch(id: journal.id, directory: journal.directory, record: JournalRecord())
        let found = search.look()
        guard !found.isEmpty else { return nil }
        let numbers = found.proven.union(found.holders).map(\.pid).sorted().map { String($0) }
        let words =
            "The journal \(journal.path) is gone, though processes of the workspace live (\(numbers.joined(separator: ", "))). "
            + "A stop ends them; the next start does so first."
        let record = JournalRecord(generation: found.generation, phase: .failed, reason: words)
        return WorkspaceStatus(journal.id, record, now: now)
    }

    /// Where the runtime of a workspace answers; takes no lock, changes nothing and does not ask it.
    ///
    /// - Parameter id: The workspace.
    /// - Returns: The endpoint of its living runtime.
    /// - Throws: ``LifecycleError`` with `unknownWorkspace` when it was never created, `notReady` when no runtime has
    ///   proven itself or it is gone, else why the journal can't be read.
    public func endpoint(of id: WorkspaceID) async throws -> String {
        guard let status = try await self.status(id) else { throw LifecycleError.unknown(workspace: id.description) }
        if let endpoint = status.endpoint, status.isAlive { return endpoint }
        let what = status.phase == .running ? "its runtime is gone without a stop" : "it is \(status.phase.rawValue)"
        throw LifecycleError(.notReady, "Workspace \(id) has no runtime that answers: \(what).")
    }

    /// All workspaces that were created, by id; takes no lock and changes nothing.
    ///
    /// - Returns: Their status; one whose journal can't be read is `failed` and says why.
    /// - Throws: ``LifecycleError`` when the state directory is not a directory or not this user's.
    public func list() async throws -> [WorkspaceStatus] {
        let directory = self.runner.directory
        let names = try await BlockingThread.attempt { () throws(LifecycleError) -> [String] in
            guard try directory.exists() else { return [] }
            return ProcessTable.names(in: directory.workspaces).sorted()
        }
        var statuses: [WorkspaceStatus] = []
        for id in names.compactMap({ try? WorkspaceID($0) }) {
            do {
                if let status = try await self.status(id) { statuses.append(status) }
            } catch {
                let record = JournalRecord(phase: .failed, reason: "\(error)")
                statuses.append(WorkspaceStatus(id, record, now: self.runner.clock.now))
            }
        }
        return statuses
    }

    /// Why a workspace waits and for whom; takes no lock and changes nothing.
    ///
    /// - Parameter id: The workspace.
    /// - Returns: The status, the holders and waiters, and the same in sentences.
    /// - Throws: ``LifecycleError`` when the journal can't be read.
    public func explain(_ id: WorkspaceID) async throws -> WorkspaceExplanation {
        let status = try await self.status(id)
        let lock = StartLock(path: self.runner.directory.lockFile(id), clock: self.runner.clock)
        let lockHolder = await BlockingThread.run { lock.holder().flatMap { $0.isAlive ? $0 : nil } }
        let (holder, waiters) = (self.gate.holder(of: id), self.gate.waiters(of: id))
        let writer = ExplanationWriter(id: id, directory: self.runner.directory, now: self.runner.clock.now)
        let sentences =
            writer.state(status, isLocked: lockHolder != nil) + writer.gate(holder, waiters) + writer.lock(lockHolder)
            + writer.lane(self.lanes.lane(id)) + writer.budget(status)
        return WorkspaceExplanation(
            status: status,
            gateHolder: holder,
            gateWaiters: waiters,
            lockHolder: lockHolder,
            sentences: sentences
        )
    }
}
