/// Reads the `date-time` of RFC 3339 §5.6.
struct RFC3339Reader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        self.rest = text[...].utf8
    }

    /// The point in time, or `nil` if the text is not exactly one `date-time`.
    mutating func instant() -> RFC3339Timestamp.Instant? {
        guard let day = self.date(), self.skip("T", or: "t"), let second = self.time() else { return nil }
        guard let nanoseconds = self.fraction(), let offset = self.offset(), self.rest.isEmpty else { return nil }
        return RFC3339Timestamp.Instant(seconds: day * 86_400 + second - offset, nanoseconds: nanoseconds)
    }

    /// Reads a date; returns the days since 1970-01-01.
    private mutating func date() -> Int64? {
        guard let year = self.number(digits: 4), self.skip("-") else { return nil }
        guard let month = self.number(digits: 2), (1...12).contains(month), self.skip("-") else { return nil }
        guard let day = self.number(digits: 2), day >= 1, day <= Self.days(in: month, of: year) else { return nil }
        return Self.daysSince1970(year: year, month: month, day: day)
    }

    /// Reads a time of day without its fraction; returns seconds.
    private mutating func time() -> Int64? {
        guard let hour = self.number(digits: 2), hour < 24, self.skip(":") else { return nil }
        guard let minute = self.number(digits: 2), minute < 60, self.skip(":") else { return nil }
        guard let second = self.number(digits: 2), second < 60 else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// Reads the fraction of a second, if there is one; returns nanoseconds.
    private mutating func fraction() -> Int? {
        guard self.skip(".") else { return 0 }
        var nanoseconds = 0
        var unit = 100_000_000
        let count = self.rest.count
        while let digit = self.digit() {
            nanoseconds += Int(digit) * unit
            unit /= 10
        }
        return self.rest.count < count ? nanoseconds : nil
    }

    /// Reads the distance from UTC; returns seconds.
    private mutating func offset() -> Int64? {
        if self.skip("Z", or: "z") { return 0 }
        let isWest = self.skip("-")
        guard isWest || self.skip("+") else { return nil }
        guard let hours = self.number(digits: 2), hours < 24, self.skip(":") else { return nil }
        guard let minutes = self.number(digits: 2), minutes < 60 else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }

    // MARK: Characters

    private mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = self.digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int64? {
        guard let byte = self.rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        self.rest.removeFirst()
        return Int64(byte - UInt8(ascii: "0"))
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = self.rest.first, Unicode.Scalar(byte) == character else { return false }
        self.rest.removeFirst()
        return true
    }

    private mutating func skip(_ first: Unicode.Scalar, or second: Unicode.Scalar) -> Bool {
        self.skip(first) || self.skip(second)
    }

    // MARK: Calendar

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Counts days in the proleptic Gregorian calendar; here years begin in March, so that a leap day comes last.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month > 2 ? year : year - 1
        let shiftedMonth = (month + 9) % 12
        // Months of the year 0000 may belong to the shifted year -1. So we add 400 years, and subtract their 146097
        // days.
        let years = shiftedYear + 400
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let days = years * 365 + years / 4 - years / 100 + years / 400 + dayOfYear
        return days - 146_097 - 719_468
    }
}
