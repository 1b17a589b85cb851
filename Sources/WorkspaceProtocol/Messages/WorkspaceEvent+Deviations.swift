extension WorkspaceEvent {
    /// How a frame deviates from what the event of it holds; then ``WorkspaceEvent/rawBytes`` has the rest.
    public struct Deviations: OptionSet, Sendable, Hashable {
        /// One bit for each.
        public let rawValue: UInt8

        /// Creates a set.
        ///
        /// - Parameter rawValue: One bit for each.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The frame has members that the event does not hold: unknown ones, as a newer server sends them, those that
        /// its type does not use, and repetitions of one name, of which the first counts.
        public static let unreadMembers = Self(rawValue: 1)

        /// In a text U+FFFD stands for what is none: half of a surrogate pair, or bytes that are not UTF-8.
        public static let repairedText = Self(rawValue: 2)

        /// An integer is spelled otherwise than the event's would be, such as `1e3`, `1.0` or `-0`.
        public static let spelledNumbers = Self(rawValue: 4)
    }

    /// A frame that says more than its event.
    final class Source: Sendable {
        let bytes: [UInt8]
        let deviations: Deviations

        init(bytes: [UInt8], deviations: Deviations) {
            self.bytes = bytes
            self.deviations = deviations
        }
    }
}
