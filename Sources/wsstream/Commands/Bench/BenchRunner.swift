import ArgumentParser
import CommandIO
import WebSocketProtocol
import WebSocketTransport

/// Runs a measurement in this process: connects, measures, prints the result, closes.
enum BenchRunner {
    /// Runs one measurement; if a signal comes or the reader of the output leaves, it ends without a result.
    ///
    /// - Parameters:
    ///   - options: The server and the connection options.
    ///   - closeTimeout: How long the server may take to answer our Close frame.
    ///   - loop: The measured loop.
    /// - Throws: The exit code, after an error that was already written to standard error; `OutputError`, `EndedEarly`.
    static func run(
        _ options: BenchOptions,
        closeTimeout: Duration = .seconds(5),
        _ loop: @escaping @Sendable (WebSocketConnection) async throws -> BenchTally
    ) async throws {
        let output = DescriptorSink.standardOutput
        try await CommandFailure.telling(Advice(command: .bench)) {
            let before = ResourceUsage.now()
            var (url, configuration) = try await options.target(environment: ProcessEnvironment.variables)
            configuration.connection.closing.timeout = closeTimeout
            let result = try await withEarlyEnd(of: output, abort: { ProcessEnvironment.abort($0) }) {
                [url, configuration] in
                try await Self.measure(url, configuration, before, loop)
            }
            try await output.write(Array("\(result.json)\n".utf8))
        }
    }

    private static func measure(
        _ url: WebSocketURL,
        _ configuration: WebSocketClientConfiguration,
        _ before: ResourceUsage,
        _ loop: (WebSocketConnection) async throws -> BenchTally
    ) async throws -> BenchResult {
        let (tally, time, used) = try await WebSocketClient.withConnection(to: url, configuration: configuration) {
            connection in
            let start = ContinuousClock.now
            return (try await loop(connection), ContinuousClock.now - start, ResourceUsage.now())
        }
        return BenchResult(tally: tally, time: time, used: used, before: before)
    }
}

extension BenchResult {
    fileprivate init(tally: BenchTally, time: Duration, used: ResourceUsage, before: ResourceUsage) {
        self.init(
            tally: tally,
            wallSeconds: time / .seconds(1),
            userSeconds: used.userSeconds - before.userSeconds,
            systemSeconds: used.systemSeconds - before.systemSeconds,
            maximumResidentKilobytes: used.maximumResidentKilobytes
        )
    }
}
