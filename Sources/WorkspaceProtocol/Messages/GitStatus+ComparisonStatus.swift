extension GitStatus {
    /// Whether the branch could be compared with its target; `comparison_status` of `git_status`.
    ///
    /// An open set: an unknown value is kept as it is.
    public struct ComparisonStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The value on the wire.
        public var rawValue: String

        /// Creates a value, known or not.
        ///
        /// - Parameter rawValue: The value on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The value on the wire.
        public var description: String { self.rawValue }

        /// The comparison is up to date.
        public static let ready = Self(rawValue: "ready")

        /// There is no comparison; ``GitStatus/comparisonErrorCode`` may say why.
        public static let unavailable = Self(rawValue: "unavailable")
    }
}
