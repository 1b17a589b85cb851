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
