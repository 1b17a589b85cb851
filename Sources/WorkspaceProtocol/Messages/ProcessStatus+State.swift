extension ProcessStatus {
    /// The state of a process; `status` of `process_status`.
    ///
    /// An open set: an unknown value is kept as it is, and an absent one is the empty string.
    public struct State: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// It is being launched.
        public static let starting = Self(rawValue: "starting")

        /// It is running.
        public static let running = Self(rawValue: "running")

        /// It ended with exit code 0.
        public static let exited = Self(rawValue: "exited")

        /// It ended with another exit code, could not be launched, or was stopped.
        public static let failed = Self(rawValue: "failed")

        /// It was stopped; declared by agentctl, but not sent by any version known.
        public static let stopped = Self(rawValue: "stopped")
    }
}
