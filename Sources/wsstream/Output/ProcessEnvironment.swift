import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the process was started with.
enum ProcessEnvironment {
    /// The environment variables.
    static var variables: [String: String] { ProcessInfo.processInfo.environment }

    /// The path of this program.
    static var program: String { Bundle.main.executablePath ?? CommandLine.arguments[0] }

    /// Whether standard output is a terminal.
    static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Lets a write to a pipe without a reader fail with EPIPE, instead of ending the process.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Ends the process at once: no buffer is flushed, nothing is waited for.
    static func exitNow(_ status: ExitStatus) -> Never { _exit(status.rawValue) }
}
