/// A duration as a user writes it: a number and its unit, such as `250ms`, `30s`, `1.5m` or `1h`.
struct DurationArgument: Sendable, Hashable {
    /// Why a text is not a duration.
    enum ParseError: Error, Equatable, CustomStringConvertible {
        case empty
        case missingUnit(String)
        case unknownUnit(String)
        case notANumber(String)
        case notPositive(String)
        case tooLong(String)

        /// The error and how to correct it.
        var description: String {
            switch self {
            case .empty: "a duration is empty; write for instance 30s"
            case .missingUnit(let text): "'\(text)' has no unit; write \(text)s for seconds, or use ms, m or h"
            case .unknownUnit(let unit): "'\(unit)' is not a unit of time; use ms, s, m or h"
            case .notANumber(let number): "'\(number)' is not a number; write for instance 30s or 1.5m"
            case .notPositive(let text): "'\(text)' must be greater than zero"
            case .tooLong(let text): "'\(text)' is longer than \(DurationArgument.maximumHours) hours"
            }
        }
    }

    /// The longest duration that is accepted: a year.
    static let maximumHours = 8760

    /// The time itself.
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    /// Reads a duration.
    init(parsing text: String) throws(ParseError) {
        guard !text.isEmpty else { throw .empty }
        let unitStart = text.lastIndex { !$0.isLetter }.map(text.index(after:)) ?? text.startIndex
        let (number, unit) = (text[..<unitStart], text[unitStart...])
        guard !unit.isEmpty else { throw .missingUnit(text) }
        guard let milliseconds = Self.milliseconds(in: unit) else { throw .unknownUnit(String(unit)) }
        // Double also accepts "inf", "1e9" and "0x1p3". Here only digits and one point are allowed.
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(number) else {
            throw .notANumber(String(number))
        }
        guard value * milliseconds <= Double(Self.maximumHours) * 3_600_000 else { throw .tooLong(text) }
        let microseconds = Int64(value * milliseconds * 1000)
        guard microseconds > 0 else { throw .notPositive(text) }
        self.init(.microseconds(microseconds))
    }

    private static func milliseconds(in unit: Substring) -> Double? {
        switch unit {
        case "ms": 1
        case "s": 1000
        case "m": 60_000
        case "h": 3_600_000
        default: nil
        }
    }
}

extension DurationArgument: CustomStringConvertible {
    /// The text for defaults in help texts.
    var description: String { "\(self.duration)" }
}
