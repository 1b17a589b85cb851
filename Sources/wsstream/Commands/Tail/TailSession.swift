import CommandIO
import ConcurrencyPrimitives
import WorkspaceProtocol

/// Shows the events of a workspace until they end, a limit is reached, or it is stopped; then closes its feed.
struct TailSession: Sendable {
    /// Where the events come from; it is closed when ``run(until:)`` returns.
    let feed: TailFeed
    /// Which events are shown.
    var filter = TypeFilter([])
    /// When to end by itself.
    var limits = TailLimits()
    /// Whether to end at the first gap.
    var endsAtGap = false
    /// Writes an event; nil shows no events.
    var renderer: EventRenderer?
    /// The received messages; only for one stream, and for a renderer that needs them.
    var messages: ReceivedMessages?
    /// The destination of shown events.
    var sink: any OutputSink
    /// The statistics of the session.
    let statistics = TailStatistics()
    /// Called a few times a second while the stream is open; nil means never.
    var onTick: (@Sendable (TailStatistics.Snapshot) -> Void)?
    /// Gets a line for each change of a followed connection; nil tells nobody.
    var tell: (@Sendable (SafeText) -> Void)?
    /// Measures ``TailLimits/duration`` and the ticks.
    var clock: any Clock<Duration> = ContinuousClock()

    /// The time between two ticks.
    private static let tick: Duration = .milliseconds(250)

    /// Runs to the end.
    ///
    /// When it returns, nothing of the feed is left.
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
            await self.feed.close()
            return (first, await Self.lostOutput(in: group))
        }
        return TailReport(
            end: end,
            statistics: self.statistics.snapshot,
            lostOutput: lost,
            remainingTasks: self.feed.remainingTasks
        )
    }

    /// The output that the cancelled tasks could not write.
    private static func lostOutput(in group: TaskGroup<TailEnd>) async -> String? {
        for await case .outputFailed(let reason) in group { return reason }
        return nil
    }

    private func follow() async -> TailEnd {
        switch self.feed {
        case .stream(let client): await self.follow(client)
        case .follower(let follower, let source): await self.follow(follower, source)
        }
    }

    // MARK: Limits and ticks

    /// How the events of a feed are shown, and what its limits need to know.
    struct Showing: Sendable {
        /// Since when the first stream is open.
        let opened: Promise<ContinuousClock.Instant>
        /// Where to show the events; nil is the pool.
        var executor: (any TaskExecutor)?
        /// Shows the events to their end.
        let show: @Sendable () async -> TailEnd
        /// Waits until no more events come.
        let waitForLast: @Sendable () async -> Void
        /// Takes the values that come from the stream itself, since the first one was opened.
        let measure: @Sendable (Duration) -> Void
    }

    /// Shows the events until they end, or the time is over.
    func perform(_ showing: Showing) async -> TailEnd {
        let end = await withTaskGroup(of: TailEnd?.self) { group in
            group.addTask(executorPreference: showing.executor) { await showing.show() }
            if let duration = self.limits.duration {
                group.addTask {
                    guard (try? await showing.opened.waitUnlessCancelled()) != nil else { return nil }
                    return await self.sleep(duration) ? .durationReached : nil
                }
            }
            if let onTick = self.onTick {
                group.addTask {
                    while await self.sleep(Self.tick) {
                        if let start = showing.opened.value { showing.measure(.now - start) }
                        onTick(self.statistics.snapshot)
                    }
                    return nil
                }
            }
            group.addTask {
                await showing.waitForLast()
                // From now on the wait for a slow reader has a limit.
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
        if let start = showing.opened.value { showing.measure(.now - start) }
        return end
    }

    /// - Returns: Whether the whole time passed.
    private func sleep(_ duration: Duration) async -> Bool { (try? await self.clock.sleep(for: duration)) != nil }

    /// Why the output ended.
    ///
    /// - Parameters:
    ///   - error: The error of a write.
    ///   - received: The number of events that were received.
    /// - Returns: The end.
    func end(of error: OutputError, received: Int) -> TailEnd {
        switch error {
        case .readerLeft: return .readerLeft
        case .failed(let reason): return .outputFailed(reason)
        case .notRead(let bytes):
            let behind = max(0, received - self.statistics.snapshot.events)
            return .outputFailed("nobody reads it; \(bytes) bytes and \(behind) later events were dropped")
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
    /// What is left of the feed after its close; always 0, because the barrier waits for all of it.
    var remainingTasks: Int
}
