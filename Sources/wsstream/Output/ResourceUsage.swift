#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The resources that the process has used so far, by getrusage(2).
struct ResourceUsage: Sendable, Hashable {
    /// Processor time outside the kernel, in seconds.
    var userSeconds: Double
    /// Processor time in the kernel, in seconds.
    var systemSeconds: Double
    /// The largest resident memory so far, in kB.
    var maximumResidentKilobytes: Int

    /// The current values, for this process and all its threads.
    static func now() -> Self {
        var usage = rusage()
        // The type of the constant RUSAGE_SELF differs between platforms; its value is the same. The call can't fail,
        // because the buffer is valid.
        _ = getrusage(.init(0), &usage)
        return Self(
            userSeconds: Self.seconds(usage.ru_utime),
            systemSeconds: Self.seconds(usage.ru_stime),
            maximumResidentKilobytes: Int(usage.ru_maxrss)
        )
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
