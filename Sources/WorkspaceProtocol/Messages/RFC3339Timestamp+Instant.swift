extension RFC3339Timestamp {
    /// A point in time, in Unix time.
    public struct Instant: Sendable, Hashable, Comparable {
        /// Whole seconds since 1970-01-01T00:00:00Z, rounded down; negative before.
        public var seconds: Int64

        /// Nanoseconds after ``seconds``, from 0 to 999 999 999.
        public var nanoseconds: Int

        /// Creates a point in time.
        ///
        /// - Parameters:
        ///   - seconds: Whole seconds since 1970-01-01T00:00:00Z, rounded down.
        ///   - nanoseconds: Nanoseconds after `seconds`, from 0 to 999 999 999.
        public init(seconds: Int64, nanoseconds: Int = 0) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        /// Tells whether one point in time is before another.
        ///
        /// - Parameters:
        ///   - lhs: A point in time.
        ///   - rhs: Another point in time.
        /// - Returns: Whether `lhs` is before `rhs`.
        public static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.seconds, lhs.nanoseconds) < (rhs.seconds, rhs.nanoseconds)
        }
    }
}
