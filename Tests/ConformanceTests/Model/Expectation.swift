/// The frames that our side must send, and the required end of the connection.
struct Expectation: Sendable {
    /// How a connection ends.
    enum End: Sendable, Hashable {
        /// The peer closes; our side answers with the same code or no code, and the close is clean.
        case answers(code: UInt16?)
        /// Our side fails the connection with this code (RFC 6455 §7.1.7).
        case fails(UInt16)
    }

    /// Everything before our side's Close frame, in order.
    var frames: [PeerFrame]
    var end: End
}
