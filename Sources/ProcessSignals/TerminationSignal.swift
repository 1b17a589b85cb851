#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A signal that asks a process to end.
public struct TerminationSignal: Sendable, Hashable, CustomStringConvertible {
    /// The number, such as 2.
    public let number: Int32
    /// The name, such as `SIGINT`.
    public let name: String

    /// The exit code that a shell reports for a process that the signal ended: 128 plus the number.
    public var exitCode: Int32 { 128 + self.number }

    /// The name.
    public var description: String { self.name }

    /// Ctrl-C.
    public static let interrupt = TerminationSignal(number: SIGINT, name: "SIGINT")
    /// The default signal of `kill` and of service managers.
    public static let terminate = TerminationSignal(number: SIGTERM, name: "SIGTERM")
    /// The terminal was closed, or the connection to it was lost.
    public static let hangUp = TerminationSignal(number: SIGHUP, name: "SIGHUP")

    /// All of them.
    static let all: [TerminationSignal] = [.interrupt, .terminate, .hangUp]
}
