/// A point in time as agentctl writes it inside a payload, such as `2026-01-01T00:00:04.000000001Z`.
///
/// The text of the wire is kept: it can be shown, compared and sent on without loss, and is read only on demand.
/// The `timestamp` of the envelope is something else, a number of milliseconds.
public struct RFC3339Timestamp: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The text on the wire; empty if the member was absent.
    public var rawValue: String

    /// Creates a timestamp, well-formed or not.
    ///
    /// - Parameter rawValue: The text on the wire.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The text on the wire.
    public var description: String { self.rawValue }

    /// The point in time, or `nil` if the text is not a date and time of RFC 3339 §5.6.
    ///
    /// Digits behind the ninth of a fraction are dropped. A leap second (`:60`) is `nil`, as it is for Go: Unix time
    /// has no name for it.
    public var instant: Instant? {
        var reader = RFC3339Reader(self.rawValue)
        return reader.instant()
    }
}
