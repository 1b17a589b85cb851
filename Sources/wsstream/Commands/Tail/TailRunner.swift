/// Runs a session in this process: signals, the live line, the summary.
struct TailRunner: Sendable {
    var session: TailSession
    /// Whether numbers are shown on standard error.
    let showsStatistics: Bool

    func run() async -> TailReport {
        ProcessEnvironment.ignoreBrokenPipes()
        let report = await withInterruption { stop in await self.prepared.run(until: stop) }
        StandardError.shared.clearLiveLine()
        if self.showsStatistics {
            StandardError.shared.write(StatisticsText.summary(report.statistics, end: report.end.description))
        }
        return report
    }

    /// The session with a live line, if somebody can see it.
    private var prepared: TailSession {
        guard self.showsStatistics, StandardError.shared.isTerminal else { return self.session }
        var session = self.session
        session.sink = BelowLiveLine(sink: session.sink)
        session.onTick = { StandardError.shared.showLiveLine(StatisticsText.line($0)) }
        return session
    }
}

/// Takes the live line away before events are written to the same terminal.
private struct BelowLiveLine: OutputSink {
    let sink: any OutputSink

    func write(_ bytes: [UInt8]) async throws(OutputError) {
        StandardError.shared.clearLiveLine()
        try await self.sink.write(bytes)
    }
}
