#if RED_CONTROLS
internal import RedControls
#endif

/// Reads `Retry-After` (RFC 9110 §10.2.3).
package enum RetryAfter {
    /// One year: no client waits longer for a server.
    private static let maximumSeconds = 365 * 86_400

    /// The time to wait.
    ///
    /// A date is compared with the `Date` of the same message, if it has one, because the clocks of two machines
    /// differ.
    ///
    /// - Parameters:
    ///   - fields: The fields of a response.
    ///   - now: Seconds since 1970.
    /// - Returns: Zero or more, at most a year; nil if the field is missing or not valid.
    package static func duration(in fields: HTTPFields, now: Int) -> Duration? {
        #if RED_CONTROLS
        if RedControl.isActive(.retryAfterIgnored) { return nil }
        #endif
        guard let value = fields.first("Retry-After") else { return nil }
        let seconds: Int
        if !value.isEmpty, value.utf8.allSatisfy(HTTPCharacter.isDigit) {
            // A number that does not fit in an `Int` counts as the maximum.
            seconds = Int(value) ?? Self.maximumSeconds
        } else if let date = HTTPDate.seconds(value, now: now) {
            let sent = fields.first("Date").flatMap { HTTPDate.seconds($0, now: now) }
            seconds = date - (sent ?? now)
        } else {
            return nil
        }
        return .seconds(min(max(0, seconds), Self.maximumSeconds))
    }
}
