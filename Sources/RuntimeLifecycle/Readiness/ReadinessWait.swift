internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Waits until the runtime of a record has proven its identity, or throws the reason why it has not.
///
/// It reads the report file at short intervals, and also waits for the end of the process. A report stays in its file,
/// so a later adopter reads it even if the starter has ended. If a runtime can't report, this asks at the endpoint that
/// the starter named.
struct ReadinessWait: Sendable {
    let id: WorkspaceID
    let directory: StateDirectory
    let configuration: LifecycleConfiguration

    /// The events of a wait, in their order.
    private enum Happening: Sendable {
        /// It is time to read the report.
        case look
        /// A request has ended, with an identity or without one.
        case answered(RuntimeIdentity?, endpoint: String)
        /// The process has ended.
        case ended
    }

    /// The requests that have no answer yet.
    private struct Requests: Sendable {
        var count = 0
        /// When a request that runs without a second one counts as lost.
        var lost = Duration.zero
    }

    func wait(
        for record: JournalRecord,
        hint: String?,
        within limit: Duration,
        reaper: ChildReaper?
    ) async throws(LifecycleError) -> String {
        guard let child = record.child else { return try await self.exited(record, reaper) }
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
        return try await self.exited(record, reaper)
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

    /// Reads reports, asks and waits until one of them decides.
    ///
    /// - Returns: The endpoint of the runtime; `nil` if its process has ended.
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
        var lastWords = "it wrote no report, and no endpoint was given"
        var requests = Requests()
        for await happening in happenings {
            switch happening {
            case .ended: return nil
            case .answered(let found, let endpoint):
                requests.count -= 1
                if let found { return try self.confirmed(endpoint, found, expected) }
                lastWords = "nothing answers at \(endpoint) with an identity"
            case .look:
                let report = await self.report(record)
                if let endpoint = try self.endpoint(report, expected) ?? record.endpoint ?? hint {
                    guard let probe = self.configuration.probe else {
                        // Only the runtime can write its report, so the report is the proof.
                        if report != nil { return endpoint }
                        lastWords = "it wrote no report, and there is no probe to ask at \(endpoint)"
                        break
                    }
                    if let reason = Self.reason(probe, notToAsk: endpoint) { throw self.unusable(endpoint, reason) }
                    if self.ask(endpoint, probe, &requests, &tasks, sink, until: deadline) {
                        lastWords = "the process that listens at \(endpoint) has not answered"
                    }
                }
            }
            guard SystemClock.now < deadline else { throw self.notReady(limit, lastWords) }
            if case .look = happening { self.lookAgain(&tasks, sink) }
        }
        // Only a cancelled task comes here, and nobody cancels the work of a cycle.
        throw self.notReady(limit, lastWords)
    }

    /// Asks, unless an earlier request may still be answered.
    ///
    /// A request may take all the time there is. In the second half of that time we send a second one, because the
    /// first may be lost. There are never more than two: each request is work for a runtime that is slow already.
    private func ask(
        _ endpoint: String,
        _ probe: any ReadinessProbe,
        _ requests: inout Requests,
        _ tasks: inout TaskGroup<Void>,
        _ sink: AsyncStream<Happening>.Continuation,
        until deadline: Duration
    ) -> Bool {
        let now = SystemClock.now
        guard requests.count == 0 || (requests.count == 1 && now >= requests.lost) else { return false }
        #if RED_CONTROLS
        let deadline = RedControl.isActive(.probePeriodFixed) ? now + self.configuration.probePeriod : deadline
        #endif
        let left = max(deadline - now, self.configuration.readinessInterval)
        requests.count += 1
        requests.lost = now + max(self.configuration.probePeriod, left / 2)
        tasks.addTask { sink.yield(.answered(await probe.identity(at: endpoint, within: left), endpoint: endpoint)) }
        return true
    }

    private static func reason(_ probe: any ReadinessProbe, notToAsk endpoint: String) -> String? {
        #if RED_CONTROLS
        if RedControl.isActive(.unusableEndpointAwaited) { return nil }
        #endif
        return probe.reasonNotToAsk(endpoint)
    }

    private func lookAgain(_ tasks: inout TaskGroup<Void>, _ sink: AsyncStream<Happening>.Continuation) {
        let interval = self.configuration.readinessInterval
        tasks.addTask {
            // The report is a file, so we poll it: a write to it wakes nobody.
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

    /// The endpoint of a good report; `nil` without a report, and an error for any other report.
    private func endpoint(_ report: RuntimeReport?, _ expected: RuntimeIdentity) throws(LifecycleError) -> String? {
        switch report {
        case nil: return nil
        case .ready(expected, let endpoint): return endpoint
        case .ready(let other, let endpoint):
            #if RED_CONTROLS
            if RedControl.isActive(.reportNotChecked) { return endpoint }
            #endif
            throw self.wrongIdentity(endpoint, "it reports generation \(other.generation)")
        case .wrongIdentity(let endpoint): throw self.wrongIdentity(endpoint, "another process listens there")
        case .addressInUse(let endpoint):
            throw LifecycleError(
                .addressInUse,
                "The runtime of \(self.id) cannot listen at \(endpoint): the address is in use. "
                    + "Let it choose a free port, or end the process that listens there."
            )
        case .exited(let code): throw self.exited("exit code \(code), as it reported")
        case .failed(let reason): throw self.exited(reason)
        }
    }

    private func report(_ record: JournalRecord) async -> RuntimeReport? {
        let path = self.directory.report(self.id, record.generation)
        // A small new file is usually in memory, but reading it may still need the disk.
        return await BlockingThread.run {
            let number = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            guard number >= 0 else { return nil }
            return OwnedDescriptor(number).readAll(limit: 65_536).flatMap { RuntimeReport.first(in: $0) }
        }
    }

    /// Throws the reason after the process has ended; its last report may name one.
    private func exited(_ record: JournalRecord, _ reaper: ChildReaper?) async throws(LifecycleError) -> String {
        let expected = RuntimeIdentity(generation: record.generation, nonce: record.nonce)
        _ = try self.endpoint(await self.report(record), expected)
        let code = await reaper?.code(within: self.configuration.killTimeout)
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
            "The process that answers at \(endpoint) is not the runtime of \(self.id) that was started: \(words). "
                + "End that process, or let the runtime choose a free port."
        )
    }
}
