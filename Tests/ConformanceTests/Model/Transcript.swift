/// The events of one case: what the peer received, and what our side reports.
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

    /// All frames from our side, with its Close frame.
    var frames: [PeerFrame] = []
    /// Invalid bytes that our side sent, if any.
    var malformed: String?
    /// The event that the peer still waited for when TCP ended.
    var missed: String?
    /// Whether our side ended its direction of TCP.
    var isEnded = false
    var reportedEnd: ReportedEnd?
}
