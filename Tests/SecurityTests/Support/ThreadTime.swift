#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The time that this thread has computed: other processes and other tests do not count.
enum ThreadTime {
    /// The shortest of some runs.
    ///
    /// - Parameters:
    ///   - runs: How often to run.
    ///   - work: What is measured.
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
