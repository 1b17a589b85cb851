/// A point in time as agentctl writes it inside a payload, such as `2026-01-01T00:00:04.000000001Z`.
///
/// The text of the wire is kept: it can be shown, compared and sent on without loss, and is read only on demand.
/// The `timestamp` of the envelope is something else, a number of milliseconds.
public struct RFC3339Timestamp: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The text on the wire; empty if the member was absent.
    ///
    /// The string is made when it is asked for.
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

    /// What agentctl writes fits ``InlineText``: events need no memory for their timestamps.
    private enum Text {
        case inline(InlineText)

        /// Never what fits the other case.
        case other(String)
    }

    /// Creates a timestamp, well-formed or not.
    ///
    /// - Parameter rawValue: The text on the wire.
    public init(rawValue: String) {
        self.text = InlineText(rawValue).map(Text.inline) ?? .other(rawValue)
    }

    /// Creates a timestamp without another look at its text.
    @inline(__always) init(_ text: InlineText = InlineText()) {
        self.text = .inline(text)
    }

    /// Tells whether two timestamps have the same text.
    ///
    /// - Parameters:
    ///   - lhs: A timestamp.
    ///   - rhs: Another timestamp.
    /// - Returns: Whether their texts are equal, as strings are.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        switch (lhs.text, rhs.text) {
        case (.inline(let lhs), .inline(let rhs)): lhs == rhs
        // A character that is not ASCII may be equal to one that is.
        default: lhs.rawValue == rhs.rawValue
        }
    }

    /// Hashes the text.
    ///
    /// - Parameter hasher: What takes it.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.rawValue)
    }

    /// The text on the wire.
    public var description: String { self.rawValue }

    /// Whether it says no time: absent, or the zero of Go's times, `0001-01-01T00:00:00Z`, as in a commit by the API.
    public var isUnknown: Bool {
        let text = self.rawValue
        return text.isEmpty || text == "0001-01-01T00:00:00Z"
    }

    /// The point in time, or `nil` if it ``isUnknown``, or the text is not a date and time of RFC 3339 §5.6.
    ///
    /// Digits behind the ninth of a fraction are dropped. A leap second (`:60`) is `nil`, as it is for Go: Unix time
    /// has no name for it.
    public var instant: Instant? {
        guard !self.isUnknown else { return nil }
        var reader = RFC3339Reader(self.rawValue)
        return reader.instant()
    }
}
