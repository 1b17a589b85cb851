/// The scenarios of many connections, the same for all client programs in Swift.
public enum ManyStreams {
    /// Measures streams without traffic: the memory of each, and the processor time of five seconds for all of them.
    ///
    /// The process ends with the result, and does not close ten thousand streams.
    ///
    /// - Parameters:
    ///   - scenario: The number of connections.
    ///   - connect: Opens one connection.
    ///   - read: Waits for its messages, in a separate task, because an open stream has a reader.
    /// - Returns: Nothing; the type is that of the other scenarios.
    /// - Throws: Errors of `connect`.
    public static func idle<Stream: Sendable>(
        _ scenario: Scenario,
        connect: @escaping @Sendable () async throws -> Stream,
        read: @escaping @Sendable (Stream) async throws -> Void
    ) async throws -> BenchReport {
        try await withThrowingTaskGroup(of: Void.self) { group -> BenchReport in
            // The first stream also takes memory that is not its own: threads, buffers, metadata.
            try await Self.open(1, in: &group, connect: connect, read: read)
            ProcessMemory.trim()
            let before = ProcessMemory.residentKibibytes
            try await Self.open(scenario.count, in: &group, connect: connect, read: read)
            // The last tasks may not be waiting yet.
            try await Task.sleep(for: .seconds(1))
            ProcessMemory.trim()
            let after = ProcessMemory.residentKibibytes
            let measurement = Measurement()
            // The measured time: the process has nothing to do.
            try await Task.sleep(for: .seconds(5))
            var report = measurement.finish(messages: scenario.count, bytes: 0)
            report.add("rss_per_connection_bytes", (after - before) * 1024 / scenario.count)
            BenchProgram.succeed(report)
        }
    }

    /// Follows many paced streams for some seconds.
    ///
    /// - Parameters:
    ///   - scenario: The number of connections, and the time.
    ///   - connect: Opens one connection, whose messages the tally counts.
    ///   - read: Takes its messages, in a separate task.
    /// - Returns: Nothing; the type is that of the other scenarios.
    /// - Throws: Errors of `connect`.
    public static func tail<Stream: Sendable>(
        _ scenario: Scenario,
        connect: @escaping @Sendable (Tally) async throws -> Stream,
        read: @escaping @Sendable (Stream, Tally) async throws -> Void
    ) async throws -> BenchReport {
        try await withThrowingTaskGroup(of: Void.self) { group -> BenchReport in
            let streams = try await Self.open(scenario.count, in: &group) {
                let tally = Tally()
                return (stream: try await connect(tally), tally: tally)
            } read: {
                try await read($0.stream, $0.tally)
            }
            let tallies = streams.map(\.tally)
            // Messages that came while the streams were being opened do not count.
            try await Task.sleep(for: .seconds(1))
            let measurement = Measurement()
            let first = Tally.sum(tallies)
            // The streams are paced, so only the time can be chosen.
            try await Task.sleep(for: .seconds(scenario.seconds))
            let last = Tally.sum(tallies)
            let report = measurement.finish(messages: last.messages - first.messages, bytes: last.bytes - first.bytes)
            BenchProgram.succeed(report)
        }
    }

    /// Opens and closes connections, a hundred at a time.
    ///
    /// - Parameters:
    ///   - scenario: The number of connections.
    ///   - openAndClose: Opens and closes one connection.
    /// - Returns: The cost.
    /// - Throws: Errors of `openAndClose`.
    public static func open(
        _ scenario: Scenario,
        openAndClose: @escaping @Sendable () async throws -> Void
    ) async throws -> BenchReport {
        let measurement = Measurement()
        _ = try await inParallel(scenario.count, openAndClose)
        return measurement.finish(messages: scenario.count, bytes: 0)
    }

    /// Opens connections, and adds a reading task for each.
    @discardableResult
    private static func open<Stream: Sendable>(
        _ count: Int,
        in group: inout ThrowingTaskGroup<Void, any Error>,
        connect: @escaping @Sendable () async throws -> Stream,
        read: @escaping @Sendable (Stream) async throws -> Void
    ) async throws -> [Stream] {
        let streams = try await inParallel(count, connect)
        for stream in streams {
            group.addTask {
                do {
                    try await read(stream)
                } catch {
                    BenchProgram.fail(error)
                }
            }
        }
        return streams
    }
}
