internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Waits until the runtime of a record has proven that it is that runtime, or says why it won't.
///
/// The report file is looked at in short intervals between which the end of the process is waited for; a report
/// outlives its reader, so an adopter learns what an interrupted starter was told. A runtime that can't report is
/// asked at the endpoint it was given.
struct ReadinessWait: Sendable {
    let id: WorkspaceID
    let directory: StateDirectory
    let configuration: LifecycleConfiguration
    let probe: any ReadinessProbe

    /// What one look at the runtime gave.
    private enum Look { case ready(String), notYet(String) }

    func wait(
        for record: JournalRecord,
        hint: String?,
        within limit: Duration,
        ending: ProcessEnding?
    ) async throws(LifecycleError) -> String {
        let deadline = SystemClock.now + limit
        guard let child = record.child, let handle = ProcessHandle.open(child) else {
            return try await self.exited(record, ending)
        }
        while true {
            let lastWords: String
            switch try await self.look(record, hint) {
            case .ready(let endpoint): return endpoint
            case .notYet(let words): lastWords = words
            }
            guard SystemClock.now < deadline else { throw self.notReady(limit, lastWords) }
            if await handle.waitForEnd(until: SystemClock.now + self.configuration.readinessInterval) {
                return try await self.exited(record, ending)
            }
        }
    }

    private func look(_ record: JournalRecord, _ hint: String?) async throws(LifecycleError) -> Look {
        let expected = RuntimeIdentity(generation: record.generation, nonce: record.nonce)
        let report = await self.report(record)
        guard let endpoint = try self.endpoint(report, expected) ?? record.endpoint ?? hint else {
            return .notYet("it has reported nothing, and no endpoint to ask at was named")
        }
        guard self.configuration.requiresHealth else {
            return report == nil ? .notYet("it has reported nothing") : .ready(endpoint)
        }
        let limit = self.configuration.probeLimit
        guard let found = await self.probe.identity(at: endpoint, within: limit) else {
            return .notYet("nobody answers at \(endpoint) with an identity")
        }
        #if RED_CONTROLS
        if RedControl.isActive(.identityNotChecked) { return .ready(endpoint) }
        #endif
        guard found == expected else {
            throw self.wrongIdentity(endpoint, "generation \(found.generation) answers there")
        }
        return .ready(endpoint)
    }

    /// The endpoint of a good report, nothing without one, and an error for any other.
    private func endpoint(_ report: RuntimeReport?, _ expected: RuntimeIdentity) throws(LifecycleError) -> String? {
        switch report {
        case nil: return nil
        case .ready(expected, let endpoint): return endpoint
        case .ready(let other, let endpoint):
            #if RED_CONTROLS
            if RedControl.isActive(.reportNotChecked) { return endpoint }
            #endif
            throw self.wrongIdentity(endpoint, "it reports generation \(other.generation)")
        case .wrongIdentity(let endpoint): throw self.wrongIdentity(endpoint, "somebody else listens there")
        case .addressInUse(let endpoint):
            throw LifecycleError(
                .addressInUse,
                "The runtime of \(self.id) cannot listen at \(endpoint): the address is in use. "
                    + "Let it choose a free port, or end whoever listens there."
            )
        case .exited(let code): throw self.exited("exit code \(code), as it reported")
        case .failed(let reason): throw self.exited(reason)
        }
    }

    private func report(_ record: JournalRecord) async -> RuntimeReport? {
        let path = self.directory.report(self.id, record.generation)
        // A small file that was just written is in memory, but a disk may still be behind it.
        return await BlockingThread.run {
            let number = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            guard number >= 0 else { return nil }
            return OwnedDescriptor(number).readAll(limit: 65_536).flatMap { RuntimeReport.first(in: $0) }
        }
    }

    /// The process is gone; its last report may say why.
    private func exited(_ record: JournalRecord, _ ending: ProcessEnding?) async throws(LifecycleError) -> String {
        let expected = RuntimeIdentity(generation: record.generation, nonce: record.nonce)
        _ = try self.endpoint(await self.report(record), expected)
        let code = await ending?.code(within: self.configuration.killLimit)
        throw self.exited(
            code.flatMap { $0 }.map { $0 < 0 ? "signal \(-$0)" : "exit code \($0)" } ?? "exit code unknown"
        )
    }

    private func exited(_ how: String) -> LifecycleError {
        LifecycleError(
            .runtimeExited,
            "The runtime of \(self.id) ended before it was ready: \(how). Its output is in \(self.directory.log(self.id))."
        )
    }

    private func notReady(_ limit: Duration, _ words: String) -> LifecycleError {
        LifecycleError(
            .notReady,
            "The runtime of \(self.id) was not ready within \(limit): \(words). "
                + "Its output is in \(self.directory.log(self.id)); allow more time (--ready-within), or correct the command."
        )
    }

    private func wrongIdentity(_ endpoint: String, _ words: String) -> LifecycleError {
        LifecycleError(
            .wrongIdentity,
            "At \(endpoint) is not the runtime of \(self.id) that was started: \(words). "
                + "End whoever listens there, or let the runtime choose a free port."
        )
    }
}
