/// What a ``ScenarioStep/generate(_:)`` sends: the same events for the same values, on every machine.
public struct GeneratedEvents: Sendable, Hashable {
    /// The kind of events.
    public enum Kind: Sendable, Hashable {
        /// What a busy workspace of two repositories sends: 120 to 2000 bytes a message, about 400 on average.
        case mix
        /// `shell_output` whose message has exactly so many bytes, at least ``EventGenerator/minimumTextBytes``.
        case text(bytes: Int)
    }

    /// The kind of events.
    ///
    /// Default: ``Kind/mix``.
    public var kind = Kind.mix
    /// How many; nil sends as long as the connection lives.
    ///
    /// Default: nil.
    ///
    /// Events repeat after the first 4096, so that they can be encoded ahead.
    public var count: Int?
    /// Events per second; nil sends as fast as the client reads.
    ///
    /// Default: nil.
    public var rate: Double?
    /// Decides all that is random.
    ///
    /// Default: 1.
    public var seed: UInt64 = 1

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - kind: See ``kind``.
    ///   - count: See ``count``.
    ///   - rate: See ``rate``.
    ///   - seed: See ``seed``.
    public init(_ kind: Kind = .mix, count: Int? = nil, rate: Double? = nil, seed: UInt64 = 1) {
        (self.kind, self.count, self.rate, self.seed) = (kind, count, rate, seed)
    }
}
