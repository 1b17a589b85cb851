extension GitStatus {
    /// What happened to one file, as git sees it; `files.*.status` of `git_status`.
    ///
    /// An open set: an unknown value is kept as it is, and an absent one is the empty string.
    public struct FileStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// The content changed.
        public static let modified = Self(rawValue: "modified")

        /// The file is new and in the index.
        public static let added = Self(rawValue: "added")

        /// The file no longer exists.
        public static let deleted = Self(rawValue: "deleted")

        /// The file is new and not in the index.
        public static let untracked = Self(rawValue: "untracked")

        /// The file moved; see ``GitStatus/FileInfo/oldPath``.
        public static let renamed = Self(rawValue: "renamed")
    }
}
