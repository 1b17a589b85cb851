import Logging
import TestSupport

/// Keeps every line of a logger with its metadata, as text.
struct CapturingLog: LogHandler {
    struct Line: Sendable {
        var level: Logger.Level
        var message: String
        var text: String
    }

    let lines: Recorder<Line>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    static func logger(_ lines: Recorder<Line>) -> Logger {
        Logger(label: "test") { _ in CapturingLog(lines: lines) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
        let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        self.lines.append(Line(level: event.level, message: "\(event.message)", text: "\(event.message)\(fields)"))
    }
}
