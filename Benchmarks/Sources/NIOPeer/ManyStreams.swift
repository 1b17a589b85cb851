public import BenchSupport

/// The scenarios of many connections, the same for both ways to use NIO.
public enum ManyStreams {
    /// What a stream without traffic costs.
    ///
    /// - Parameters:
    ///   - scenario: How many connections.
    ///   - hold: Opens one and tells so by the call; returns when it was closed.
    /// - Returns: Memory, and the processor time of five seconds.
    /// - Throws: What `hold` throws.
    public static func idle(
        _ scenario: Scenario,
        hold: @escaping @Sendable (_ opened: @Sendable () -> Void) async throws -> Void
    ) async throws -> BenchReport {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // The first one brings memory that is not its own.
            await Self.open(1, in: &group) { _, opened in try await hold(opened) }
            ProcessMemory.trim()
            let before = ProcessMemory.residentKibibytes
            await Self.open(scenario.count, in: &group) { _, opened in try await hold(opened) }
            try await Task.sleep(for: .seconds(1))
            ProcessMemory.trim()
            let after = ProcessMemory.residentKibibytes
            let measurement = Measurement()
            try await Task.sleep(for: .seconds(5))
            var report = measurement.finish(messages: scenario.count, bytes: 0)
            report.add("rss_per_connection_bytes", (after - before) * 1024 / scenario.count)
            Self.exit(with: report)
        }
    }

    /// Follows many paced streams for some seconds.
    ///
    /// - Parameters:
    ///   - scenario: How many connections, and how long.
    ///   - follow: Opens one, tells so by the first call, and each message by the second one.
    /// - Returns: What receiving cost.
    /// - Throws: What `follow` throws.
    public static func tail(
        _ scenario: Scenario,
        follow:
            @escaping @Sendable (_ opened: @Sendable () -> Void, _ tally: Tally) async throws -> Void
    ) async throws -> BenchReport {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let tallies = (0..<scenario.count).map { _ in Tally() }
            await Self.open(scenario.count, in: &group) { index, opened in try await follow(opened, tallies[index]) }
            // What came while the streams were being opened is no part of it.
            try await Task.sleep(for: .seconds(1))
            let measurement = Measurement()
            let first = Tally.sum(tallies)
            try await Task.sleep(for: .seconds(scenario.seconds))
            let last = Tally.sum(tallies)
            Self.exit(
                with: measurement.finish(messages: last.messages - first.messages, bytes: last.bytes - first.bytes)
            )
        }
    }

    /// Opens and closes, a hundred at a time.
    ///
    /// - Parameters:
    ///   - scenario: How many connections.
    ///   - openAndClose: Does so with one.
    /// - Returns: What it cost.
    /// - Throws: What `openAndClose` throws.
    public static func open(
        _ scenario: Scenario,
        openAndClose: @escaping @Sendable () async throws -> Void
    ) async throws -> BenchReport {
        let measurement = Measurement()
        _ = try await inParallel(scenario.count, openAndClose)
        return measurement.finish(messages: scenario.count, bytes: 0)
    }

    /// Adds tasks that hold a connection each, and waits until all are open.
    private static func open(
        _ count: Int,
        in group: inout ThrowingTaskGroup<Void, any Error>,
        hold: @escaping @Sendable (_ index: Int, _ opened: @Sendable () -> Void) async throws -> Void
    ) async {
        let (opened, continuation) = AsyncStream.makeStream(of: Void.self)
        var iterator = opened.makeAsyncIterator()
        for index in 0..<count {
            if index >= openers { _ = await iterator.next() }
            group.addTask {
                do {
                    try await hold(index) { continuation.yield() }
                } catch {
                    BenchProgram.fail(error)
                }
            }
        }
        for _ in 0..<min(openers, count) { _ = await iterator.next() }
    }

    /// The tasks wait for messages that will not come: the process ends with them.
    private static func exit(with report: BenchReport) -> Never { BenchProgram.succeed(report) }
}
