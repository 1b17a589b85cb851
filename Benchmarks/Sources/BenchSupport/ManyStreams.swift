/// The scenarios of many connections, the same for all client programs in Swift.
public enum ManyStreams {
    /// What a stream without traffic costs: memory, and the processor time of five seconds for all of them.
    ///
    /// The process ends with the result, without ten thousand closes.
    ///
    /// - Parameters:
    ///   - scenario: How many connections.
    ///   - connect: Opens one.
    ///   - read: Waits for its messages, in a task of its own, as a stream that is open has a reader.
    /// - Returns: Nothing; the type is that of the other scenarios.
    /// - Throws: What `connect` throws.
    public static func idle<Stream: Sendable>(
        _ scenario: Scenario,
        connect: @escaping @Sendable () async throws -> Stream,
        read: @escaping @Sendable (Stream) async throws -> Void
    ) async throws -> BenchReport {
        try await withThrowingTaskGroup(of: Void.self) { group -> BenchReport in
            // The first one brings memory that is not its own: threads, buffers, metadata.
            try await Self.open(1, in: &group, connect: connect, read: read)
            ProcessMemory.trim()
            let before = ProcessMemory.residentKibibytes
            try await Self.open(scenario.count, in: &group, connect: connect, read: read)
            // The last tasks may not be waiting yet.
            try await Task.sleep(for: .seconds(1))
            ProcessMemory.trim()
            let after = ProcessMemory.residentKibibytes
            let measurement = Measurement()
            // This is what is measured: nothing to do.
            try await Task.sleep(for: .seconds(5))
            var report = measurement.finish(messages: scenario.count, bytes: 0)
            report.add("rss_per_connection_bytes", (after - before) * 1024 / scenario.count)
            BenchProgram.succeed(report)
        }
    }

    /// Follows many paced streams for some seconds.
    ///
    /// - Parameters:
    ///   - scenario: How many connections, and how long.
    ///   - connect: Opens one, whose messages count in the tally.
    ///   - read: Takes its messages, in a task of its own.
    /// - Returns: Nothing; the type is that of the other scenarios.
    /// - Throws: What `connect` throws.
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
            // What came while the streams were being opened is no part of it.
            try await Task.sleep(for: .seconds(1))
            let measurement = Measurement()
            let first = Tally.sum(tallies)
            // The streams are paced: how long is all that can be chosen.
            try await Task.sleep(for: .seconds(scenario.seconds))
            let last = Tally.sum(tallies)
            let report = measurement.finish(messages: last.messages - first.messages, bytes: last.bytes - first.bytes)
            BenchProgram.succeed(report)
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

    /// Opens connections, and adds a task for each that reads.
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
