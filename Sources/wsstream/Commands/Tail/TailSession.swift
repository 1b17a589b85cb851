import AgentRuntime
import CommandIO
import WorkspaceProtocol

/// Follows a workspace stream until it ends, a limit is reached, or it is stopped; then closes the client.
struct TailSession: Sendable {
    /// Opens the stream; it is closed when ``run(until:)`` returns.
    let client: AgentRuntimeClient
    /// Which events are shown.
    var filter = TypeFilter([])
    /// When to end by itself.
    var limits = TailLimits()
    /// Writes an event; nil shows no events.
    var renderer: EventRenderer?
    /// The received messages; only for a renderer that needs them.
    var messages: ReceivedMessages?
    /// The destination of shown events.
    var sink: any OutputSink
    /// The statistics of the session.
    let statistics = TailStatistics()
    /// Called a few times a second while the stream is open; nil means never.
    var onTick: (@Sendable (TailStatistics.Snapshot) -> Void)?
    /// Measures ``TailLimits/duration`` and the ticks.
    var clock: any Clock<Duration> = ContinuousClock()

    /// The time between two ticks.
    private static let tick: Duration = .milliseconds(250)

    /// Runs to the end.
    ///
    /// When it returns, nothing of the client is left.
    ///
    /// A reader that leaves ends it at once, even if no events come. If the reader does not read, the end waits only as
    /// long as ``OutputPatience`` says.
    ///
    /// - Parameter stop: Waits until the session must end early; returns soon after its task is cancelled.
    /// - Returns: The cause of the end, and the statistics.
    func run(until stop: @escaping @Sendable () async -> Void) async -> TailReport {
        let (end, lost) = await withTaskGroup(of: TailEnd.self) { group in
            group.addTask { await self.follow() }
            // Without output there is no reader that can leave.
            if self.renderer != nil {
                group.addTask { await self.sink.waitUntilReaderLeft() ? .readerLeft : .interrupted }
            }
            group.addTask {
                await stop()
                return .interrupted
            }
            let first = await group.next() ?? .interrupted
            group.cancelAll()
            // Do this before waiting for the follower, which may be writing to a pipe that nobody reads.
            self.sink.limitWaiting(to: .afterSignal)
            await self.client.close()
            return (first, await Self.lostOutput(in: group))
        }
        return TailReport(
            end: end,
            statistics: self.statistics.snapshot,
            lostOutput: lost,
            remainingTasks: self.client.tasks.count
        )
    }

    /// The output that the cancelled tasks could not write.
    private static func lostOutput(in group: TaskGroup<TailEnd>) async -> String? {
        for await case .outputFailed(let reason) in group { return reason }
        return nil
    }

    private func follow() async -> TailEnd {
        do {
            let stream = try await self.client.openWorkspaceStream()
            return await self.follow(stream)
        } catch let error as AgentRuntimeError {
            return .failed(error)
        } catch {
            // Cancelled: another task knows the cause of the end.
            return .interrupted
        }
    }

    private func follow(_ stream: WorkspaceStream) async -> TailEnd {
        let start = ContinuousClock.now
        let end = await withTaskGroup(of: TailEnd?.self) { group in
            // Run on the thread that reads the socket. So an event wakes no other thread, and writing does not block.
            group.addTask(executorPreference: stream.executor) { await self.show(stream) }
            if let duration = self.limits.duration {
                group.addTask { await self.sleep(duration) ? .durationReached : nil }
            }
            if let onTick = self.onTick {
                group.addTask {
                    while await self.sleep(Self.tick) {
                        self.measure(stream, since: start)
                        onTick(self.statistics.snapshot)
                    }
                    return nil
                }
            }
            group.addTask {
                // No more events come. From now on the wait for a slow reader has a limit.
                _ = try? await stream.waitUntilCloseRequested()
                if !Task.isCancelled { self.sink.limitWaiting(to: .atTheEnd) }
                return nil
            }
            defer { group.cancelAll() }
            for await case let end? in group {
                guard case .durationReached = end else { return end }
                group.cancelAll()
                self.sink.limitWaiting(to: .afterSignal)
                // The time is over. Still show the events that were received in time.
                for await case .outputFailed(let reason)? in group { return .outputFailed(reason) }
                return end
            }
            return .interrupted
        }
        self.measure(stream, since: start)
        return end
    }

    private func measure(_ stream: WorkspaceStream, since start: ContinuousClock.Instant) {
        self.statistics.measured(
            bytes: stream.statistics.bytes,
            compressionRatio: stream.compressionRatio,
            latency: stream.latency,
            elapsed: ContinuousClock.now - start
        )
    }

    /// - Returns: Whether the whole time passed.
    private func sleep(_ duration: Duration) async -> Bool { (try? await self.clock.sleep(for: duration)) != nil }

    // MARK: Showing

    private func show(_ stream: WorkspaceStream) async -> TailEnd {
        var output = OutputBuffer(self.sink)
        do {
            do {
                if try await self.show(stream.events, of: stream, output: &output) { return .countReached }
            } catch let error as OutputError {
                throw error
            } catch {
                // Show the earlier events before the failure is reported.
                try await output.flush()
                return (error as? AgentRuntimeError).map { .failed($0) } ?? .interrupted
            }
            return try await .ended(stream.waitUntilCloseRequested())
        } catch let error as OutputError {
            return self.end(of: error, stream)
        } catch {
            return .interrupted
        }
    }

    private func end(of error: OutputError, _ stream: WorkspaceStream) -> TailEnd {
        switch error {
        case .readerLeft: return .readerLeft
        case .failed(let reason): return .outputFailed(reason)
        case .notRead(let bytes):
            let behind = stream.statistics.events - self.statistics.snapshot.events
            return .outputFailed("nobody reads it; \(bytes) bytes and \(behind) later events were dropped")
        }
    }

    /// - Returns: Whether the count was reached; false at the end of the stream.
    private func show(
        _ events: WorkspaceEvents,
        of stream: WorkspaceStream,
        output: inout OutputBuffer
    ) async throws -> Bool {
        var taken = 0
        var received = 0
        for try await event in events {
            taken += 1
            let isLast = self.show(event, in: &output)
            // The stream counts an event before we get it. If no event is left in the queue, write now: a person may be
            // waiting.
            if taken >= received { received = stream.statistics.events }
            if isLast { self.sink.limitWaiting(to: .atTheEnd) }
            if isLast || taken >= received || output.isFull {
                try await output.flush()
                try Task.checkCancellation()
            }
            if isLast { return true }
        }
        return false
    }

    /// - Returns: Whether this was the last one to show.
    private func show(_ event: WorkspaceEvent, in output: inout OutputBuffer) -> Bool {
        let message = self.messages?.next()
        let isShown = self.filter.admits(event)
        if isShown { self.renderer?.render(event, message: message, into: &output.bytes) }
        let shown = self.statistics.count(event, isShown: isShown)
        return isShown && shown == self.limits.count
    }
}

extension TailEnd {
    /// Why the stream ended, if its events ended without an error.
    fileprivate static func ended(_ end: StreamEnd) -> TailEnd {
        switch end.reason {
        case .closed, .aborted, .closedByClient: .interrupted
        case .closedByServer(let closure): .closedByServer(closure)
        case .failed(let error): .failed(error)
        }
    }
}

/// The report at the end of a tail.
struct TailReport: Sendable {
    /// The cause of the end.
    var end: TailEnd
    /// The final statistics.
    var statistics: TailStatistics.Snapshot
    /// A text about output that nobody had read when a signal ended the tail; nil if there was none.
    var lostOutput: String?
    /// The number of tasks of the client after its close; always 0, because the barrier waits for all of them.
    var remainingTasks: Int
}
