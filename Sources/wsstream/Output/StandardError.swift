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
/// A live line stays at the bottom of a terminal; it is taken away before anything else is written there.
final class StandardError: Sendable {
    /// The one of this process.
    static let shared = StandardError()

    private let hasLiveLine = Locked(false)

    /// Whether a person may be watching.
    var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

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
        Self.put(text)
    }

    /// Shows the live line, in place of the one before.
    func showLiveLine(_ text: String) {
        self.hasLiveLine.withLock { isShown in
            isShown = true
            Self.put("\r\u{1B}[K\(text)")
        }
    }

    /// Takes the live line away, if there is one.
    func clearLiveLine() {
        self.hasLiveLine.withLock { isShown in
            if isShown { Self.put("\r\u{1B}[K") }
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

    /// Standard error is a terminal or a log: short lines that are written at once.
    private static func put(_ text: String) {
        var text = text
        text.withUTF8 { bytes in _ = unistdWrite(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}

/// `write(2)`; the method hides its name.
private func unistdWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
