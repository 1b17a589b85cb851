extension GitStatus {
    /// Why a file has no diff, or only a part of it; `files.*.diff_skip_reason` of `git_status`.
    ///
    /// An open set: an unknown value is kept as it is.
    public struct DiffSkipReason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// The file exceeds 10 MB.
        public static let tooLarge = Self(rawValue: "too_large")

        /// The first 8 KB look binary.
        public static let binary = Self(rawValue: "binary")

        /// The diff exceeds 256 KB.
        public static let truncated = Self(rawValue: "truncated")

        /// The diffs of this update exceed 2 MB together.
        public static let budgetExceeded = Self(rawValue: "budget_exceeded")
    }
}
