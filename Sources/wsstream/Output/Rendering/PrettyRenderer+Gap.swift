import CommandIO
import WorkspaceFollowing

extension PrettyRenderer {
    /// Appends the line of a gap, at the time of its end.
    ///
    /// ```
    /// 14:03:05.123  gap             web       commits: the connection was lost, for 3.2 s; recovered nothing
    /// ```
    func render(_ gap: Gap, into bytes: inout [UInt8]) {
        var line = TerminalLine(bytes: bytes, isColored: self.isColored)
        line.untrusted(self.clock.timeOfDay(gap.until.local), .dim)
        line.text("  ")
        line.untrusted("gap", .yellow, width: Self.typeWidth)
        line.text("  ")
        line.untrusted(gap.scope.repository ?? "-", gap.scope.repository == nil ? .dim : .cyan, width: Self.nameWidth)
        line.text("  ")
        line.untrusted(GapText.words(gap), .yellow)
        line.end()
        bytes = line.bytes
    }
}

/// A gap in words.
enum GapText {
    /// The scope, the cause, how long it was, what was recovered, and how certain that is; one line, not escaped.
    static func words(_ gap: Gap) -> String {
        let milliseconds = gap.until.local - gap.since.local
        let time = milliseconds > 0 ? ", for \(StatisticsText.decimal(Double(milliseconds) / 1000, 1)) s" : ""
        let dropped = gap.droppedEvents.map { "; dropped \($0) events" } ?? ""
        let heads = gap.heads.map { "; from \(Self.commit($0.from)) to \(Self.commit($0.to))" } ?? ""
        return "\(Self.scope(gap.scope)): \(Self.cause(gap.cause))\(time); recovered \(Self.recovered(gap.recovered))"
            + "\(dropped)\(heads)\(Self.certainty(gap.certainty))"
    }

    private static func scope(_ scope: Gap.Scope) -> String {
        switch scope {
        case .stream: "stream"
        case .shell: "shell"
        case .process(let id): "process \(id)"
        case .git: "commits"
        case .files: "files"
        @unknown default: "\(scope)"
        }
    }

    private static func cause(_ cause: Gap.Cause) -> String {
        switch cause {
        case .disconnected: "the connection was lost"
        case .suspectedDrop: "the runtime may have dropped events"
        case .evicted: "the runtime has only newer output"
        case .ended: "the process has ended"
        case .replaced: "another runtime is followed now"
        case .queueOverflow: "the output was too slow"
        default: cause.rawValue
        }
    }

    private static func recovered(_ recovered: Gap.Recovered) -> String {
        switch recovered {
        case .none: "nothing"
        case .events(let count): "\(count) events"
        case .bytes(let count): "\(count) bytes"
        case .all: "all"
        @unknown default: "\(recovered)"
        }
    }

    private static func certainty(_ certainty: Gap.Certainty) -> String {
        switch certainty {
        case .exact: ""
        case .ambiguous: "; some of it may be repeated"
        case .unknown: "; perhaps nothing is missing"
        @unknown default: "; \(certainty.rawValue)"
        }
    }

    private static func commit(_ sha: String?) -> String { sha.map { String($0.prefix(7)) } ?? "?" }
}

extension Gap.Scope {
    /// The repository; nil for other scopes, and in a workspace with one repository.
    var repository: String? {
        switch self {
        case .git(let repository), .files(let repository): repository
        default: nil
        }
    }
}
