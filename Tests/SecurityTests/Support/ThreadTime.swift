#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The processor time of this thread: other processes and other tests do not count.
enum ThreadTime {
    /// The shortest time of several runs.
    ///
    /// - Parameters:
    ///   - runs: The number of runs.
    ///   - work: The work to measure.
    /// - Returns: Nanoseconds, at least 1.
    static func shortest(of runs: Int, _ work: () -> Void) -> UInt64 {
        (0..<runs).map { _ in
            let start = self.now()
            work()
            return self.now() - start
        }.min().map { max($0, 1) } ?? 1
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
