#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes an envelope's timestamp as a local time of day.
struct LocalClock: Sendable {
    /// The offset from UTC in seconds (positive in the east), at a time in seconds since 1970.
    let utcOffset: @Sendable (Int64) -> Int

    /// The time zone of this machine, or of `TZ`.
    static let system = LocalClock { seconds in
        var time = time_t(seconds)
        var local = tm()
        guard localtime_r(&time, &local) != nil else { return 0 }
        return local.tm_gmtoff
    }

    /// The time of day.
    ///
    /// - Parameter timestamp: Milliseconds since 1970. It comes from the server, so it may have any value.
    /// - Returns: `HH:MM:SS.mmm`, or dashes if there is no time.
    func timeOfDay(_ timestamp: Int64?) -> String {
        guard let timestamp, timestamp != Self.zeroOfGo else { return "--:--:--.---" }
        let (seconds, milliseconds) = Self.split(timestamp)
        let ofDay = (Int(seconds % 86_400) + self.utcOffset(seconds)) % 86_400
        let second = ofDay < 0 ? ofDay + 86_400 : ofDay
        // At most 15 bytes: a string without memory.
        return String(unsafeUninitializedCapacity: 12) { bytes in
            var index = 0
            func append(_ value: Int, width: Int, then separator: Unicode.Scalar? = nil) {
                var divisor = width == 3 ? 100 : 10
                while divisor > 0 {
                    bytes[index] = UInt8(ascii: "0") + UInt8(value / divisor % 10)
                    (index, divisor) = (index + 1, divisor / 10)
                }
                guard let separator else { return }
                bytes[index] = UInt8(ascii: separator)
                index += 1
            }
            append(second / 3600, width: 2, then: ":")
            append(second / 60 % 60, width: 2, then: ":")
            append(second % 60, width: 2, then: ".")
            append(milliseconds, width: 3)
            return index
        }
    }

    /// Go's zero time: 0001-01-01T00:00:00Z.
    private static let zeroOfGo: Int64 = -62_135_596_800_000

    /// Rounds down, so that times before 1970 are right, too.
    private static func split(_ timestamp: Int64) -> (seconds: Int64, milliseconds: Int) {
        let (quotient, remainder) = timestamp.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? (quotient - 1, Int(remainder) + 1000) : (quotient, Int(remainder))
    }
}
