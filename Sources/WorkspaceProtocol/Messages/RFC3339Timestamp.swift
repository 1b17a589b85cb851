/// A point in time as agentctl writes it inside a payload, such as `2026-01-01T00:00:04.000000001Z`.
///
/// It keeps the text of the wire, which can be shown, compared and sent on without loss. The text is parsed only on
/// demand. The `timestamp` of the envelope is different: a number of milliseconds.
public struct RFC3339Timestamp: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The text on the wire; empty if the member was absent.
    ///
    /// The string is made at each call.
    public var rawValue: String {
        get {
            switch self.text {
            case .inline(let text): text.string
            case .other(let text): text
            }
        }
        set { self = Self(rawValue: newValue) }
    }

    private var text: Text

    /// Agentctl's timestamps fit ``InlineText``, so events need no extra memory for them.
    private enum Text {
        case inline(InlineText)

        /// Never a text that fits the other case.
        case other(String)
    }

    /// Creates a timestamp, well-formed or not.
    ///
    /// - Parameter rawValue: The text on the wire.
    public init(rawValue: String) {
        self.text = InlineText(rawValue).map(Text.inline) ?? .other(rawValue)
    }

    /// Creates a timestamp without checking its text again.
    @inline(__always) init(_ text: InlineText = InlineText()) {
        self.text = .inline(text)
    }

    /// Tells whether two timestamps have the same text.
    ///
    /// - Parameters:
    ///   - lhs: A timestamp.
    ///   - rhs: Another timestamp.
    /// - Returns: Whether their texts are equal; the comparison is that of strings.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        switch (lhs.text, rhs.text) {
        case (.inline(let lhs), .inline(let rhs)): lhs == rhs
        // A string with a character that is not ASCII may still be equal to an ASCII string.
        default: lhs.rawValue == rhs.rawValue
        }
    }

    /// Hashes the text.
    ///
    /// - Parameter hasher: The hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.rawValue)
    }

    /// The text on the wire.
    public var description: String { self.rawValue }

    /// Whether it names no time: absent, or Go's zero time `0001-01-01T00:00:00Z`, as in a commit made by the API.
    public var isUnknown: Bool {
        let text = self.rawValue
        return text.isEmpty || text == "0001-01-01T00:00:00Z"
    }

    /// The point in time; `nil` if it ``isUnknown``, or if the text is not a date and time of RFC 3339 §5.6.
    ///
    /// Digits after the ninth of a fraction are dropped. A leap second (`:60`) is `nil`, as in Go, because Unix time
    /// has no number for it.
    public var instant: Instant? {
        guard !self.isUnknown else { return nil }
        var reader = RFC3339Reader(self.rawValue)
        return reader.instant()
    }
}

extension RFC3339Timestamp {
    /// A point in time, in Unix time.
    public struct Instant: Sendable, Hashable, Comparable {
        /// Whole seconds since 1970-01-01T00:00:00Z, rounded down; negative before.
        public var seconds: Int64

        /// Nanoseconds after ``seconds``, from 0 to 999 999 999.
        public var nanoseconds: Int

        /// Creates a point in time.
        ///
        /// - Parameters:
        ///   - seconds: Whole seconds since 1970-01-01T00:00:00Z, rounded down.
        ///   - nanoseconds: Nanoseconds after `seconds`, from 0 to 999 999 999.
        public init(seconds: Int64, nanoseconds: Int = 0) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        /// Tells whether one point in time is before another.
        ///
        /// - Parameters:
        ///   - lhs: A point in time.
        ///   - rhs: Another point in time.
        /// - Returns: Whether `lhs` is before `rhs`.
        public static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.seconds, lhs.nanoseconds) < (rhs.seconds, rhs.nanoseconds)
        }
    }
}

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
