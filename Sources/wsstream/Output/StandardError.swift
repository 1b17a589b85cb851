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

/// Lines for people on standard error: complaints, warnings, statistics.
///
/// All of them go through here, and only ``SafeText`` does; what is secret is taken out here, whoever says it.
///
/// A live line stays at the bottom of a terminal; it is taken away before anything else is written there. A reader that
/// does not read holds nothing up: a live line is left out, anything else gets a second.
final class StandardError: Sendable {
    /// The one of this process.
    static let shared = StandardError()

    private let hasLiveLine = Locked(false)
    private let redaction = Locked(Redaction())
    private let sink = DescriptorSink(descriptor: STDERR_FILENO)
    /// How long anything but the live line waits for a reader; nothing more after that was in vain once.
    private let patience = Locked(Duration.seconds(1))

    /// Whether a live line can be shown and taken away again: on a terminal that can do that.
    ///
    /// - Parameter environment: `TERM` is `dumb` or not set on a terminal that can't.
    /// - Returns: Whether standard error is such a terminal.
    func canShowLiveLine(environment: [String: String]) -> Bool {
        isatty(STDERR_FILENO) == 1 && !["", "dumb"].contains(environment["TERM"] ?? "")
    }

    /// Learns secrets: from now on they are in no line.
    func hide(_ learn: (inout Redaction) -> Void) { self.redaction.withLock { learn(&$0) } }

    /// Says what is wrong, as one line.
    func complain(_ complaint: SafeText) { self.write("wsstream: error: \(complaint)\n") }

    /// Says what is odd, as one line.
    func warn(_ warning: SafeText) { self.write("wsstream: warning: \(warning)\n") }

    /// Writes text that is ready to be shown, but for the secrets in it.
    func write(_ text: SafeText) {
        self.clearLiveLine()
        let bytes = Array(self.shown(text).utf8)
        let isWritten = self.sink.writeBriefly(bytes, within: self.patience.withLock { $0 })
        if !isWritten { self.patience.withLock { $0 = .zero } }
    }

    /// The text without secrets.
    func shown(_ text: SafeText) -> String {
        #if RED_CONTROLS
        if RedControl.isActive(.secretsShown) { return text.description }
        #endif
        return self.redaction.withLock { $0 }.applied(to: text).description
    }

    /// Shows the live line, in place of the one before, and no wider than the terminal is now.
    func showLiveLine(_ text: SafeText) {
        let line = TerminalWidth.cut(self.shown(text), to: TerminalWidth.columns(of: STDERR_FILENO) - 1)
        self.hasLiveLine.withLock { isShown in
            isShown = self.sink.writeBriefly(Array("\r\u{1B}[K\(line)".utf8), within: .zero) || isShown
        }
    }

    /// Takes the live line away, if there is one.
    func clearLiveLine() {
        self.hasLiveLine.withLock { isShown in
            if isShown { _ = self.sink.writeBriefly(Array("\r\u{1B}[K".utf8), within: .zero) }
            isShown = false
        }
    }
}
