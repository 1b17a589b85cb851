#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The time of the system's clock.
enum SystemTime {
    /// Seconds since 1970.
    static func seconds() -> Int { Int(time(nil)) }
}
