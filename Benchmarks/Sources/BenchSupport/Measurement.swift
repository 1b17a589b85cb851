#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The cost of some work to the process, from ``init()`` to ``finish(messages:bytes:)``.
public struct Measurement: Sendable {
    private let start: Instant

    /// Starts the clocks.
    public init() { self.start = Instant() }

    /// Stops the clocks.
    ///
    /// - Parameters:
    ///   - messages: The number of messages in the work.
    ///   - bytes: The bytes of their payloads.
    /// - Returns: The line to print.
    public func finish(messages: Int, bytes: Int) -> BenchReport {
        let end = Instant()
        return BenchReport(members: [
            ("messages", messages),
            ("bytes", bytes),
            ("cpu_user_ns", end.user - self.start.user),
            ("cpu_system_ns", end.system - self.start.system),
            ("wall_ns", end.wall - self.start.wall),
            ("max_rss_kib", ProcessMemory.peakKibibytes),
        ])
    }

    private struct Instant: Sendable {
        let wall: Int
        let user: Int
        let system: Int

        init() {
            var usage = rusage()
            // The type of the constant RUSAGE_SELF differs between platforms; its value does not.
            _ = getrusage(.init(0), &usage)
            self.user = Self.nanoseconds(usage.ru_utime)
            self.system = Self.nanoseconds(usage.ru_stime)
            self.wall = Monotonic.nanoseconds
        }

        private static func nanoseconds(_ time: timeval) -> Int {
            Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_usec) * 1000
        }
    }
}

/// The monotonic clock.
public enum Monotonic {
    /// Now, in nanoseconds.
    public static var nanoseconds: Int {
        var now = timespec()
        _ = clock_gettime(CLOCK_MONOTONIC, &now)
        return Int(now.tv_sec) * 1_000_000_000 + Int(now.tv_nsec)
    }
}
