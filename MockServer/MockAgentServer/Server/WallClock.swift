import WorkspaceProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The current time in the two formats of agentctl.
enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z, as in an envelope.
    static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// RFC 3339 with milliseconds, as inside a payload.
    static var timestamp: RFC3339Timestamp { self.timestamp(milliseconds: self.milliseconds) }

    static func timestamp(milliseconds: Int64) -> RFC3339Timestamp {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return RFC3339Timestamp(rawValue: date.formatted(style))
    }
}
