import CommandIO

/// Runs a session in this process, with signals, the live line and the summary.
struct TailRunner: Sendable {
    var session: TailSession
    /// Whether numbers are shown on standard error.
    let showsStatistics: Bool

    func run() async -> TailReport {
        let session = self.prepared
        let report = await withInterruption(abort: { ProcessEnvironment.abort($0) }) { stop in
            await session.run { _ = await stop() }
        }
        StandardError.shared.clearLiveLine()
        if let lost = report.lostOutput { StandardError.shared.warn("standard output is incomplete: \(lost)") }
        if self.showsStatistics {
            StandardError.shared.write(StatisticsText.summary(report.statistics, end: report.end.description))
        }
        return report
    }

    /// The session with its lines on standard error: about the connection, and a live line if it can be shown.
    private var prepared: TailSession {
        var session = self.session
        session.tell = { StandardError.shared.note($0) }
        guard self.showsStatistics,
            StandardError.shared.canShowLiveLine(environment: ProcessEnvironment.variables)
        else { return session }
        session.sink = BelowLiveLine(sink: session.sink)
        session.onTick = { StandardError.shared.showLiveLine(StatisticsText.line($0)) }
        return session
    }
}

/// Removes the live line before events are written to the same terminal.
private struct BelowLiveLine: OutputSink {
    let sink: any OutputSink

    func write(_ bytes: [UInt8]) async throws(OutputError) {
        StandardError.shared.clearLiveLine()
        try await self.sink.write(bytes)
    }

    func limitWaiting(to patience: OutputPatience) { self.sink.limitWaiting(to: patience) }

    func waitUntilReaderLeft() async -> Bool { await self.sink.waitUntilReaderLeft() }
}
