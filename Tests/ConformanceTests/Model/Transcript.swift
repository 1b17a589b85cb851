/// What happened in one case: what the peer saw, and what our side says of it.
struct Transcript: Sendable, Equatable {
    /// How our side describes the end.
    struct ReportedEnd: Sendable, Hashable {
        /// Whether both Close frames were exchanged.
        var isClean: Bool
        /// Whether the peer's Close frame was first.
        var isByPeer: Bool
        var sentCode: UInt16?
        var receivedCode: UInt16?
    }

    /// All frames from our side, its Close frame included.
    var frames: [PeerFrame] = []
    /// What no sender may put on the wire, if our side did.
    var malformed: String?
    /// What the peer still waited for when TCP ended.
    var missed: String?
    /// Whether our side ended its direction of TCP.
    var isEnded = false
    var reportedEnd: ReportedEnd?
}
