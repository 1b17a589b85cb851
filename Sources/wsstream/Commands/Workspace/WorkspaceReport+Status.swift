import ArgumentParser
import CommandIO
import RuntimeLifecycle

extension WorkspaceReport {
    static func status(_ status: WorkspaceStatus?, _ id: WorkspaceID) -> WorkspaceReport {
        guard let status else {
            let members: [(String, ReportJSON)] = [("workspace", .text(id.description)), ("phase", .null)]
            return WorkspaceReport(
                lines: ["\(id): never created"],
                json: .object(members),
                exitCode: ExitStatus.refused.exitCode
            )
        }
        return WorkspaceReport(lines: [self.line(status)], json: .object(self.members(status)))
    }

    static func list(_ statuses: [WorkspaceStatus]) -> WorkspaceReport {
        WorkspaceReport(
            lines: statuses.isEmpty ? ["no workspaces"] : statuses.map { self.line($0) },
            json: .list(statuses.map { .object(self.members($0)) })
        )
    }

    static func members(_ status: WorkspaceStatus) -> [(String, ReportJSON)] {
        [
            ("workspace", .text(status.id.description)), ("phase", .text(status.phase.rawValue)),
            ("generation", .number(status.generation)), ("alive", .flag(status.isAlive)),
            ("pid", status.process.map { .number(UInt64(max(0, $0.pid))) } ?? .null),
            ("endpoint", .optional(status.endpoint)), ("reason", .optional(status.reason)),
            ("command", .list(status.command.map { .text($0) })),
            ("reactiveRestarts", .number(UInt64(max(0, status.reactiveRestarts)))),
            ("gaveUp", .flag(status.hasGivenUp)),
            ("restartPauseMilliseconds", status.restartPause.map { .number(Self.milliseconds($0)) } ?? .null),
        ]
    }

    private static func milliseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(max(0, seconds)) * 1000 + UInt64(max(0, attoseconds) / 1_000_000_000_000_000)
    }

    private static func line(_ status: WorkspaceStatus) -> SafeText {
        var parts: [SafeText] = ["\(status.id): \(status.phase.rawValue)", "generation \(status.generation)"]
        if let process = status.process { parts.append("process \(process.pid)\(status.isAlive ? "" : " (gone)")") }
        if let endpoint = status.endpoint { parts.append("at \(endpoint)") }
        if let reason = status.reason { parts.append("\(reason)") }
        if status.hasGivenUp { parts.append("reactive restarts given up after \(status.reactiveRestarts)") }
        return parts.joined(separator: ", ")
    }
}
