extension ProcessOutput {
    /// The output stream of the process; `stream` of `process_output`.
    ///
    /// An open set: an unknown value is kept as it is, and an absent one is the empty string.
    public struct Stream: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// Standard output.
        public static let standardOutput = Self(rawValue: "stdout")

        /// Standard error.
        public static let standardError = Self(rawValue: "stderr")
    }
}
