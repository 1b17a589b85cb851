import ArgumentParser
import CommandIO
import RuntimeLifecycle

/// The result of a verb, for people and for programs.
struct WorkspaceReport {
    private(set) var lines: [SafeText]
    private(set) var json: ReportJSON
    var exitCode: ExitCode?

    /// Adds the processes that the verb has ended, and why; adds nothing if there were none.
    mutating func add(_ ended: [EndedProcesses]) {
        guard !ended.isEmpty, case .object(let members) = self.json else { return }
        self.lines += ended.map { "ended of generation \($0.generation): \($0.detail)" }
        let list = ended.map {
            ReportJSON.object([("generation", .number($0.generation)), ("detail", .text($0.detail))])
        }
        self.json = .object(members + [("ended", .list(list))])
    }

    /// `runsAnother` means that the running command differs from the requested one.
    static func start(_ outcome: StartResult, runsAnother: Bool) -> WorkspaceReport {
        let runtime = outcome.runtime
        let word = outcome.isStarted ? "started" : "already running"
        let note: SafeText = "It runs another command; `wsstream workspace restart` with --command replaces it."
        return WorkspaceReport(
            lines: [self.line(runtime, word)] + (runsAnother ? [note] : []),
            json: .object(
                self.members(runtime) + [("started", .flag(outcome.isStarted)), ("otherCommand", .flag(runsAnother))]
            )
        )
    }

    static func stop(_ id: WorkspaceID, _ outcome: StopResult) -> WorkspaceReport {
        switch outcome {
        case .stopped(let generation):
            self.result(id, "stopped", "\(id): stopped generation \(generation)", [("generation", .number(generation))])
        case .notRunning: self.result(id, "notRunning", "\(id): nothing was running")
        case .deleted: self.result(id, "deleted", "\(id): stopped by a delete")
        case .thenRestarted(let runtime):
            WorkspaceReport(
                lines: [self.line(runtime, "stopped, then restarted by another request")],
                json: .object(self.members(runtime) + [("result", .text("thenRestarted"))])
            )
        }
    }

    static func restart(_ id: WorkspaceID, _ outcome: RestartResult) -> WorkspaceReport {
        switch outcome {
        case .restarted(let runtime):
            WorkspaceReport(
                lines: [self.line(runtime, "restarted")],
                json: .object(self.members(runtime) + [("result", .text("restarted"))])
            )
        case .superseded(let verb):
            self.result(id, "superseded", "\(id): superseded by \(verb.rawValue)", [("by", .text(verb.rawValue))])
        case .notNeeded(let generation):
            self.result(
                id,
                "notNeeded",
                "\(id): generation \(generation) is current",
                [("generation", .number(generation))]
            )
        case .gaveUp: self.result(id, "gaveUp", "\(id): restarts were given up")
        }
    }

    static func explanation(_ explanation: WorkspaceExplanation, _ id: WorkspaceID) -> WorkspaceReport {
        let holder: ReportJSON =
            explanation.lockHolder.map {
                .object([("pid", .number(UInt64(max(0, $0.process.pid)))), ("verb", .text($0.verb))])
            } ?? .null
        let members: [(String, ReportJSON)] = [
            ("workspace", .text(id.description)),
            ("status", explanation.status.map { .object(self.members($0)) } ?? .null),
            ("lockHolder", holder), ("sentences", .list(explanation.sentences.map { .text($0) })),
        ]
        let exitCode = explanation.status == nil ? ExitStatus.refused.exitCode : nil
        return WorkspaceReport(
            lines: explanation.sentences.map { SafeText(escaping: $0) },
            json: .object(members),
            exitCode: exitCode
        )
    }

    /// The output: all lines for people, or one line of JSON.
    func text(as format: WorkspaceFormat) -> SafeText {
        // JSON has escaped everything already, so the second escaping changes nothing.
        format == .json ? SafeText(escaping: self.json.text) : self.lines.joined(separator: "\n")
    }

    /// Prints an error to standard error: its message, or an object with its code.
    static func write(_ error: LifecycleError, as format: WorkspaceFormat) {
        let advice = Advice(command: .workspace)
        guard format == .json else {
            return StandardError.shared.complain(CommandFailure(error, advice: advice).text)
        }
        let members: [(String, ReportJSON)] = [
            ("code", .text(error.code.description)),
            ("message", .text(error.message + advice.text(for: error).description)),
        ]
        let json = ReportJSON.object([("error", .object(members))]).text
        StandardError.shared.write("\(json)\n")
    }

    private static func result(
        _ id: WorkspaceID,
        _ result: String,
        _ line: SafeText,
        _ more: [(String, ReportJSON)] = []
    ) -> WorkspaceReport {
        WorkspaceReport(
            lines: [line],
            json: .object([("workspace", .text(id.description)), ("result", .text(result))] + more)
        )
    }

    private static func line(_ runtime: RunningRuntime, _ word: String) -> SafeText {
        "\(runtime.workspace): \(word), generation \(runtime.generation), process \(runtime.process.pid), at \(runtime.endpoint)"
    }

    private static func members(_ runtime: RunningRuntime) -> [(String, ReportJSON)] {
        [
            ("workspace", .text(runtime.workspace.description)), ("generation", .number(runtime.generation)),
            ("pid", .number(UInt64(max(0, runtime.process.pid)))), ("endpoint", .text(runtime.endpoint)),
        ]
    }
}
