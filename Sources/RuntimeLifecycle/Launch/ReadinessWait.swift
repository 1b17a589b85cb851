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

    /// What a wait learns, in the order it is learned.
    private enum Happening: Sendable {
        /// It is time for a look at the report.
        case look
        /// Somebody answered, or nobody did.
        case answered(RuntimeIdentity?, endpoint: String)
        /// The process is gone.
        case ended
    }

    /// The requests that are under way.
    private struct Requests: Sendable {
        var count = 0
        /// When one that is alone is taken for lost.
        var lost = Duration.zero
    }

    func wait(
        for record: JournalRecord,
        hint: String?,
        within limit: Duration,
        ending: ProcessEnding?
    ) async throws(LifecycleError) -> String {
        guard let child = record.child else { return try await self.exited(record, ending) }
        let (happenings, sink) = AsyncStream.makeStream(of: Happening.self)
        let deadline = SystemClock.now + limit
        let outcome = await withTaskGroup(of: Void.self) { tasks -> Result<String?, LifecycleError> in
            defer { tasks.cancelAll() }
            tasks.addTask { await Self.watch(child, until: deadline, sink) }
            sink.yield(.look)
            do throws(LifecycleError) {
                return .success(try await self.follow(happenings, sink, &tasks, record, hint, within: limit))
            } catch { return .failure(error) }
        }
        if let endpoint = try outcome.get() { return endpoint }
        return try await self.exited(record, ending)
    }

    private static func watch(
        _ child: ProcessIdentity,
        until deadline: Duration,
        _ sink: AsyncStream<Happening>.Continuation
    ) async {
        guard let handle = ProcessHandle.open(child) else {
            sink.yield(.ended)
            return
        }
        if await handle.waitForEnd(until: deadline) { sink.yield(.ended) }
    }

    /// Looks, asks and listens until one of them decides.
    ///
    /// - Returns: The endpoint of the runtime, or nothing when its process is gone.
    private func follow(
        _ happenings: AsyncStream<Happening>,
        _ sink: AsyncStream<Happening>.Continuation,
        _ tasks: inout TaskGroup<Void>,
        _ record: JournalRecord,
        _ hint: String?,
        within limit: Duration
    ) async throws(LifecycleError) -> String? {
        let (expected, deadline) = (
            RuntimeIdentity(generation: record.generation, nonce: record.nonce), SystemClock.now + limit
        )
        var lastWords = "it has reported nothing, and no endpoint to ask at was named"
        var requests = Requests()
        for await happening in happenings {
            switch happening {
            case .ended: return nil
            case .answered(let found, let endpoint):
                requests.count -= 1
                if let found { return try self.confirmed(endpoint, found, expected) }
                lastWords = "nobody answers at \(endpoint) with an identity"
            case .look:
                let report = await self.report(record)
                if let endpoint = try self.endpoint(report, expected) ?? record.endpoint ?? hint {
                    guard self.configuration.requiresHealth else {
                        if report != nil { return endpoint }
                        lastWords = "it has reported nothing"
                        break
                    }
                    if let reason = self.reasonNotToAsk(endpoint) { throw self.unusable(endpoint, reason) }
                    if self.ask(endpoint, &requests, &tasks, sink, until: deadline) {
                        lastWords = "who listens at \(endpoint) has not answered"
                    }
                }
            }
            guard SystemClock.now < deadline else { throw self.notReady(limit, lastWords) }
            if case .look = happening { self.lookAgain(&tasks, sink) }
        }
        // Only a cancelled task ends up here, and nobody cancels the work of a cycle.
        throw self.notReady(limit, lastWords)
    }

    /// Asks, unless somebody is being asked who may still answer.
    ///
    /// One that takes long may take all the time there is. For the second half of it another one is made beside it, should
    /// it be lost; not more and not sooner: each is work for a runtime that is slow already.
    private func ask(
        _ endpoint: String,
        _ requests: inout Requests,
        _ tasks: inout TaskGroup<Void>,
        _ sink: AsyncStream<Happening>.Continuation,
        until deadline: Duration
    ) -> Bool {
        let now = SystemClock.now
        guard requests.count == 0 || (requests.count == 1 && now >= requests.lost) else { return false }
        #if RED_CONTROLS
        let deadline = RedControl.isActive(.probeLimitFixed) ? now + self.configuration.probeLimit : deadline
        #endif
        let (probe, left) = (self.probe, max(deadline - now, self.configuration.readinessInterval))
        requests.count += 1
        requests.lost = now + max(self.configuration.probeLimit, left / 2)
        tasks.addTask { sink.yield(.answered(await probe.identity(at: endpoint, within: left), endpoint: endpoint)) }
        return true
    }

    private func reasonNotToAsk(_ endpoint: String) -> String? {
        #if RED_CONTROLS
        if RedControl.isActive(.unusableEndpointAwaited) { return nil }
        #endif
        return self.probe.reasonNotToAsk(endpoint)
    }

    private func lookAgain(_ tasks: inout TaskGroup<Void>, _ sink: AsyncStream<Happening>.Continuation) {
        let interval = self.configuration.readinessInterval
        tasks.addTask {
            // The report is a file, and is looked at: what writes it wakes nobody.
            try? await Task.sleep(for: interval)
            sink.yield(.look)
        }
    }

    private func confirmed(
        _ endpoint: String,
        _ found: RuntimeIdentity,
        _ expected: RuntimeIdentity
    ) throws(LifecycleError) -> String {
        #if RED_CONTROLS
        if RedControl.isActive(.identityNotChecked) { return endpoint }
        #endif
        guard found == expected else {
            throw self.wrongIdentity(endpoint, "generation \(found.generation) answers there")
        }
        return endpoint
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

    private func unusable(_ endpoint: String, _ reason: String) -> LifecycleError {
        LifecycleError(
            .unusableEndpoint,
            "The runtime of \(self.id) says that it answers at \(endpoint.debugDescription), which can't be asked: "
                + "\(reason). Let it report http://ADDRESS:PORT."
        )
    }

    private func notReady(_ limit: Duration, _ words: String) -> LifecycleError {
        LifecycleError(
            .notReady,
            "The runtime of \(self.id) was not ready within \(limit): \(words). "
                + "Its output is in \(self.directory.log(self.id)); allow more time, or correct the command."
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
