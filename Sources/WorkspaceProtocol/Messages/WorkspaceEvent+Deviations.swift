extension WorkspaceEvent {
    /// How a frame differs from its event; then ``WorkspaceEvent/rawBytes`` has the whole frame.
    public struct Deviations: OptionSet, Sendable, Hashable {
        /// One bit for each deviation.
        public let rawValue: UInt8

        /// Creates a set.
        ///
        /// - Parameter rawValue: One bit for each deviation.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The frame has members that the event does not hold.
        ///
        /// They are unknown members, for example of a newer server, or members that the type does not use. They may
        /// also be repeated members, of which only the first counts.
        public static let unreadMembers = Self(rawValue: 1)

        /// Some text has U+FFFD in place of half of a surrogate pair, or of bytes that are not UTF-8.
        public static let repairedText = Self(rawValue: 2)

        /// An integer has another spelling than the encoder would write, such as `1e3`, `1.0` or `-0`.
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
