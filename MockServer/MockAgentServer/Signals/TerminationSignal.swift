#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A signal that asks a process to end.
package struct TerminationSignal: Sendable, Hashable {
    /// The number, such as 2.
    package let number: Int32
    /// The name, such as `SIGINT`.
    package let name: String

    /// The exit code that a shell reports for a process that the signal ended.
    package var exitCode: Int32 { 128 + self.number }

    /// Ctrl-C.
    package static let interrupt = TerminationSignal(number: SIGINT, name: "SIGINT")
    /// What `kill` and service managers send.
    package static let terminate = TerminationSignal(number: SIGTERM, name: "SIGTERM")
}
