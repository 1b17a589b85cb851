import CommandIO
import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Lines for people on standard error: errors, warnings, statistics.
///
/// All such lines go through this type, which takes only ``SafeText`` and removes secrets.
///
/// A live line stays at the bottom of a terminal and is removed before other output. If the reader does not read, a
/// live line is skipped, and other lines wait at most a second.
final class StandardError: Sendable {
    /// The instance of this process.
    static let shared = StandardError()

    private let hasLiveLine = Locked(false)
    private let redaction = Locked(Redaction())
    private let sink = DescriptorSink(descriptor: STDERR_FILENO)
    /// How long lines except the live line wait for a reader; zero after the first wait that failed.
    private let patience = Locked(Duration.seconds(1))

    /// Whether the terminal can show a live line and remove it again.
    ///
    /// - Parameter environment: If `TERM` is `dumb` or not set, the terminal can't.
    /// - Returns: Whether standard error is such a terminal.
    func canShowLiveLine(environment: [String: String]) -> Bool {
        isatty(STDERR_FILENO) == 1 && !["", "dumb"].contains(environment["TERM"] ?? "")
    }

    /// Learns secrets; no later line contains them.
    func hide(_ learn: (inout Redaction) -> Void) { self.redaction.withLock { learn(&$0) } }

    /// Writes an error as one line.
    func complain(_ complaint: SafeText) { self.write("wsstream: error: \(complaint)\n") }

    /// Writes a warning as one line.
    func warn(_ warning: SafeText) { self.write("wsstream: warning: \(warning)\n") }

    /// Writes a line that is neither an error nor a warning.
    func note(_ note: SafeText) { self.write("wsstream: \(note)\n") }

    /// Writes prepared text, without the secrets in it.
    func write(_ text: SafeText) {
        self.clearLiveLine()
        let bytes = Array(self.shown(text).utf8)
        let isWritten = self.sink.writeBriefly(bytes, within: self.patience.withLock { $0 })
        if !isWritten { self.patience.withLock { $0 = .zero } }
    }

    /// Returns the text without secrets.
    func shown(_ text: SafeText) -> String {
        #if RED_CONTROLS
        if RedControl.isActive(.secretsShown) { return text.description }
        #endif
        return self.redaction.withLock { $0 }.applied(to: text).description
    }

    /// Shows the live line in place of the one before; it is cut to the current width of the terminal.
    func showLiveLine(_ text: SafeText) {
        let line = TerminalWidth.cut(self.shown(text), to: TerminalWidth.columns(of: STDERR_FILENO) - 1)
        self.hasLiveLine.withLock { isShown in
            isShown = self.sink.writeBriefly(Array("\r\u{1B}[K\(line)".utf8), within: .zero) || isShown
        }
    }

    /// Removes the live line, if there is one.
    func clearLiveLine() {
        self.hasLiveLine.withLock { isShown in
            if isShown { _ = self.sink.writeBriefly(Array("\r\u{1B}[K".utf8), within: .zero) }
            isShown = false
        }
    }
}
