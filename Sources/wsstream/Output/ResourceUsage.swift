#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the process has used so far, by getrusage(2).
struct ResourceUsage: Sendable, Hashable {
    /// Processor time outside the kernel, in seconds.
    var userSeconds: Double
    /// Processor time in the kernel, in seconds.
    var systemSeconds: Double
    /// The most memory that was resident at once, in kB.
    var maximumResidentKilobytes: Int

    /// Now, for this process and all its threads.
    static func now() -> Self {
        var usage = rusage()
        // The type of the constant RUSAGE_SELF differs between platforms; its value does not. With a valid buffer the call
        // can't fail.
        _ = getrusage(.init(0), &usage)
        return Self(
            userSeconds: Self.seconds(usage.ru_utime),
            systemSeconds: Self.seconds(usage.ru_stime),
            maximumResidentKilobytes: Int(usage.ru_maxrss)
        )
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
