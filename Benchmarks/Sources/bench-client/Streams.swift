import BenchSupport
import WebSocketProtocol
import WebSocketTransport

/// Many connections at once.
enum Streams {
    /// What a stream without traffic costs: memory, and the processor time of five seconds for all of them.
    ///
    /// Each has a task that waits for its messages, as a stream that is open has a reader.
    static func idle(_ scenario: Scenario) async throws -> BenchReport {
        // The first one brings memory that is not its own: threads, buffers, metadata.
        try await Client.withConnection(scenario) { _ in }
        return try await withThrowingTaskGroup(of: Void.self) { readers in
            ProcessMemory.trim()
            let before = ProcessMemory.residentKibibytes
            for connection in try await Self.connect(scenario) {
                readers.addTask { for try await _ in connection.messages {} }
            }
            // The last tasks may not be waiting yet.
            try await Task.sleep(for: .seconds(1))
            ProcessMemory.trim()
            let after = ProcessMemory.residentKibibytes
            let measurement = Measurement()
            try await Task.sleep(for: .seconds(5))
            var report = measurement.finish(messages: scenario.count, bytes: 0)
            report.add("rss_per_connection_bytes", (after - before) * 1024 / scenario.count)
            // Ten thousand closes are none of this measurement.
            BenchProgram.succeed(report)
        }
    }

    /// Opens and closes, with both handshakes, a hundred at a time.
    static func open(_ scenario: Scenario) async throws -> BenchReport {
        let url = try WebSocketURL(scenario.url)
        let configuration = Client.configuration
        let measurement = Measurement()
        _ = try await inParallel(scenario.count) {
            let connection = try await WebSocketClient.connect(to: url, configuration: configuration)
            let closure = await connection.close()
            guard closure.isClean else { throw BenchFailure("a close was not answered") }
        }
        return measurement.finish(messages: scenario.count, bytes: 0)
    }

    /// Follows many paced streams for some seconds.
    static func tail(_ scenario: Scenario) async throws -> BenchReport {
        try await withThrowingTaskGroup(of: Void.self) { readers in
            var tallies: [Tally] = []
            for connection in try await Self.connect(scenario) {
                let tally = Tally()
                tallies.append(tally)
                readers.addTask {
                    for try await message in connection.messages { tally.add(message.bytes.count) }
                }
            }
            // What came while the streams were being opened is no part of it.
            try await Task.sleep(for: .seconds(1))
            let measurement = Measurement()
            let first = Tally.sum(tallies)
            try await Task.sleep(for: .seconds(scenario.seconds))
            let last = Tally.sum(tallies)
            readers.cancelAll()
            return measurement.finish(messages: last.messages - first.messages, bytes: last.bytes - first.bytes)
        }
    }

    private static func connect(_ scenario: Scenario) async throws -> [WebSocketConnection] {
        let url = try WebSocketURL(scenario.url)
        let configuration = Client.configuration
        return try await inParallel(scenario.count) {
            try await WebSocketClient.connect(to: url, configuration: configuration)
        }
    }
}
