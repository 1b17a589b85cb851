import CommandIO
import WebSocketTransport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Lines for people on standard error: complaints, warnings, statistics.
///
/// A live line stays at the bottom of a terminal; it is taken away before anything else is written there. A reader that
/// does not read holds nothing up: a live line is left out, anything else gets a second.
final class StandardError: Sendable {
    /// The one of this process.
    static let shared = StandardError()

    private let hasLiveLine = Locked(false)
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

    /// Says what is wrong, as one line.
    ///
    /// - Parameters:
    ///   - complaint: May hold text of the server; escaped here.
    ///   - secret: The token, which a server could send back; replaced if it occurs.
    func complain(_ complaint: String, hiding secret: String? = nil) {
        self.write(Self.line("error: ", complaint, hiding: secret))
    }

    /// Says what is odd, as one line.
    func warn(_ warning: String) { self.write(Self.line("warning: ", warning, hiding: nil)) }

    /// Writes text of ours that is ready to be shown.
    func write(_ text: String) {
        self.clearLiveLine()
        let isWritten = self.sink.writeBriefly(Array(text.utf8), within: self.patience.withLock { $0 })
        if !isWritten { self.patience.withLock { $0 = .zero } }
    }

    /// Shows the live line, in place of the one before, and no wider than the terminal is now.
    func showLiveLine(_ text: String) {
        let line = TerminalWidth.cut(text, to: TerminalWidth.columns(of: STDERR_FILENO) - 1)
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

    /// What ``complain(_:hiding:)`` writes.
    static func line(_ kind: String, _ text: String, hiding secret: String?) -> String {
        var text = text
        if let secret, !secret.isEmpty { text = Self.replace(secret, in: text) }
        return "wsstream: \(kind)\(TerminalText.escaped(text))\n"
    }

    private static func replace(_ secret: String, in text: String) -> String {
        text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "<token>")
    }
}
