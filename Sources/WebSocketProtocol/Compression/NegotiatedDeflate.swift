/// What both sides agreed on for permessage-deflate (RFC 7692 §7.1).
public struct NegotiatedDeflate: Sendable, Hashable {
    /// How the messages of one side are compressed.
    public struct Direction: Sendable, Hashable {
        /// The window as a power of two, 8 to 15.
        public let windowBits: Int
        /// Whether a message may refer to earlier ones.
        public let contextTakeover: Bool

        package init(windowBits: Int, contextTakeover: Bool) {
            self.windowBits = windowBits
            self.contextTakeover = contextTakeover
        }
    }

    /// The terms for what we send.
    public let own: Direction
    /// The terms for what we receive.
    public let peer: Direction

    package init(own: Direction, peer: Direction) {
        self.own = own
        self.peer = peer
    }
}
