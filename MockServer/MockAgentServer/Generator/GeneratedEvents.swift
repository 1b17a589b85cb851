/// The events of a ``ScenarioStep/generate(_:)``; the same values give the same events on every machine.
public struct GeneratedEvents: Sendable, Hashable {
    /// The kind of events.
    @nonexhaustive public enum Kind: Sendable, Hashable {
        /// The events of a busy workspace with two repositories: 120 to 2000 bytes per message, about 400 on average.
        case mix
        /// A `shell_output` whose message has exactly this number of bytes, at least
        /// ``EventGenerator/minimumTextBytes``.
        case text(bytes: Int)
    }

    /// The kind of events.
    ///
    /// Default: ``Kind/mix``.
    public var kind = Kind.mix
    /// The number of events; nil sends until the connection ends.
    ///
    /// Default: nil.
    ///
    /// Events repeat after the first 4096, so that they can be encoded in advance.
    public var count: Int?
    /// Events per second; nil sends as fast as the client reads.
    ///
    /// Default: nil.
    public var rate: Double?
    /// Determines all random values.
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
