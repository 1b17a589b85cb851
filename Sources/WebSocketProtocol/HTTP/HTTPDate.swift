/// Reads an HTTP date in any of its three forms (RFC 9110 §5.6.7).
///
/// ```
/// Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate, the only one that may be sent
/// Sunday, 06-Nov-94 08:49:37 GMT     RFC 850
/// Sun Nov  6 08:49:37 1994           asctime
/// ```
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The time that a date stands for.
    ///
    /// - Parameters:
    ///   - text: The date; the name of the day is not checked.
    ///   - now: Seconds since 1970. A two-digit year is at most 50 years later.
    /// - Returns: Seconds since 1970, or nil if the text is not a date.
    package static func seconds(_ text: String, now: Int) -> Int? {
        let words = text.split(separator: " ").map(String.init)
        switch words.count {
        case 6 where words[5] == "GMT": return self.seconds(words[1], words[2], self.number(words[3], 4), words[4])
        case 4 where words[3] == "GMT":
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard date.count == 3 else { return nil }
            return self.seconds(date[0], date[1], self.number(date[2], 2).map { self.year($0, now: now) }, words[2])
        case 5: return self.seconds(words[2], words[1], self.number(words[4], 4), words[3])
        default: return nil
        }
    }

    private static func seconds(_ day: String, _ month: String, _ year: Int?, _ time: String) -> Int? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { self.number(String($0), 2) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2], let year,
            let day = self.number(day, 1) ?? self.number(day, 2), let month = self.months.firstIndex(of: month),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        return self.days(year: year, month: month + 1, day: day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: String, _ digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy(HTTPCharacter.isDigit) else { return nil }
        return Int(text)
    }

    private static func year(_ lastTwo: Int, now: Int) -> Int {
        // Exact enough to find the century.
        let current = 1970 + now / 31_556_952
        let year = current - current % 100 + lastTwo
        return year > current + 50 ? year - 100 : year
    }

    /// Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is the last day.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
