import ArgumentParser
import WebSocketProtocol
import WebSocketTransport

/// Runs a measurement in this process: connects, measures, prints the result, closes.
enum BenchRunner {
    /// - Parameters:
    ///   - options: Where to connect.
    ///   - closeTimeout: How long the server may take to answer our Close frame.
    ///   - loop: What is measured.
    /// - Throws: The exit code, when something failed; it was told on standard error.
    static func run(
        _ options: BenchOptions,
        closeTimeout: Duration = .seconds(5),
        _ loop: (WebSocketConnection) async throws -> BenchTally
    ) async throws {
        ProcessEnvironment.ignoreBrokenPipes()
        do {
            let before = ResourceUsage.now()
            let (url, defaults) = try options.target(environment: ProcessEnvironment.variables)
            var configuration = defaults
            configuration.connection.closing.timeout = closeTimeout
            let (tally, time, used) = try await WebSocketClient.withConnection(to: url, configuration: configuration) {
                connection in
                let start = ContinuousClock.now
                return (try await loop(connection), ContinuousClock.now - start, ResourceUsage.now())
            }
            let result = BenchResult(tally: tally, time: time, used: used, before: before)
            try await DescriptorSink.standardOutput.write(Array("\(result.json)\n".utf8))
        } catch {
            let (complaint, status) = Self.explain(error)
            if let complaint { StandardError.shared.complain(complaint) }
            throw status.exitCode
        }
    }

    /// - Returns: What to say, if anything, and what to tell the caller.
    static func explain(_ error: any Error) -> (complaint: String?, status: ExitStatus) {
        switch error {
        case let error as WebSocketError: (error.description, ExitStatus(error))
        case let error as HandshakeError: (error.message, .usage)
        case let error as TokenSource.SourceError: (error.description, .usage)
        case let error as ProxyEnvironment.VariableError: (error.description, .usage)
        case let error as BenchError: (error.complaint, error.status)
        case OutputError.readerLeft: (nil, .clean)
        case OutputError.failed(let reason): ("standard output can't be written: \(reason)", .outputFailed)
        default: ("\(error)", .internalError)
        }
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
