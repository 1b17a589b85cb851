extension FileChange {
    /// What happened to a path; `operation` of `file_change`.
    ///
    /// An open set: an unknown value is kept as it is, and an absent one is the empty string.
    public struct Operation: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// The path is new.
        public static let create = Self(rawValue: "create")

        /// The content changed.
        public static let write = Self(rawValue: "write")

        /// The path no longer exists.
        public static let remove = Self(rawValue: "remove")

        /// The path moved; there is one message for the old path and one for the new.
        public static let rename = Self(rawValue: "rename")

        /// The permissions changed; declared by agentctl, but not sent by any version known.
        public static let chmod = Self(rawValue: "chmod")

        /// Something changed; the path is empty, and the consumer must read the whole tree again.
        public static let refresh = Self(rawValue: "refresh")
    }
}
