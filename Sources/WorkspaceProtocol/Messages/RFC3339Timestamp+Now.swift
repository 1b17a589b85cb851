#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension RFC3339Timestamp {
    /// The current time of the system clock, in UTC, with nanoseconds, in agentctl's format.
    public static var now: RFC3339Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return RFC3339Timestamp(Instant(seconds: Int64(time.tv_sec), nanoseconds: Int(time.tv_nsec)))
    }

    /// Creates the timestamp of a point in time, in UTC and as short as possible: Go's `RFC3339Nano`.
    ///
    /// - Parameter instant: The point in time. RFC 3339 has only the years 0 to 9999; a time outside of them becomes
    ///   the nearest possible one.
    public init(_ instant: Instant) {
        let seconds = min(max(instant.seconds, -62_167_219_200), 253_402_300_799)
        let (day, second) = seconds.quotientAndRemainder(roundingDownBy: 86_400)
        let date = Self.date(ofDay: day)
        var text = "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))T"
        text += "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
        var fraction = Int64(min(max(instant.nanoseconds, 0), 999_999_999))
        if fraction > 0 {
            var digits = 9
            while fraction % 10 == 0 { (fraction, digits) = (fraction / 10, digits - 1) }
            text += "." + Self.padded(fraction, digits)
        }
        self.init(rawValue: text + "Z")
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The proleptic Gregorian date of a day.
    ///
    /// Years begin in March here, so that the leap day is the last of its year; 146,097 days are 400 years.
    ///
    /// - Parameter day: Days since 1970-01-01.
    /// - Returns: Year, month from 1 and day from 1.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (day + 719_468).quotientAndRemainder(roundingDownBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func quotientAndRemainder(roundingDownBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
