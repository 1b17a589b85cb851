import ConcurrencyPrimitives
import WorkspaceProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The current time in the formats of agentctl.
enum WallClock {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Milliseconds since 1970-01-01T00:00:00Z, as in an envelope.
    static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Nanoseconds since 1970-01-01T00:00:00Z, as in the id of a permission request.
    static var nanoseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) * 1000 }

    /// RFC 3339 with milliseconds, as inside a payload.
    static var timestamp: RFC3339Timestamp { self.timestamp(milliseconds: self.milliseconds) }

    /// RFC 3339 with nanoseconds, each time a later one, as in the output of a process.
    static var uniqueTimestamp: RFC3339Timestamp {
        let now = self.nanoseconds
        let time = self.latest.withLock { latest in
            latest = max(latest + 1, now)
            return latest
        }
        // A formatted fraction could be rounded, and then be earlier than the one before.
        let whole = Date(timeIntervalSince1970: Double(time / 1_000_000_000)).formatted(Date.ISO8601FormatStyle())
        let rest = String(time % 1_000_000_000)
        let fraction = String(repeating: "0", count: 9 - rest.count) + rest
        return RFC3339Timestamp(rawValue: "\(whole.dropLast()).\(fraction)Z")
    }

    private static let latest = Locked<Int64>(0)

    /// RFC 3339 with milliseconds, as a JSON string.
    static var json: MockJSON { .string(self.timestamp.rawValue) }

    /// RFC 3339 without a fraction.
    static var seconds: String { Date().formatted(Date.ISO8601FormatStyle()) }

    /// The time in the field `Date` of an answer (RFC 9110 §5.6.7).
    static var httpDate: String {
        let seconds = Int(Date().timeIntervalSince1970)
        let text = self.seconds
        func part(_ start: Int, _ count: Int) -> String {
            let start = text.index(text.startIndex, offsetBy: start)
            return String(text[start..<text.index(start, offsetBy: count)])
        }
        let month = self.months[(Int(part(5, 2)) ?? 1) - 1]
        return "\(self.days[seconds / 86_400 % 7]), \(part(8, 2)) \(month) \(part(0, 4)) \(part(11, 8)) GMT"
    }

    static func timestamp(milliseconds: Int64) -> RFC3339Timestamp {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return RFC3339Timestamp(rawValue: date.formatted(style))
    }
}
