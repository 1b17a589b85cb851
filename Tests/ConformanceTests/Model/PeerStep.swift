/// What the test peer does next.
enum PeerStep: Sendable {
    /// Sends frames.
    case send([PeerFrame], Chopping = .whole)
    /// Sends some bytes of one frame: the rest comes in another step, or never.
    case sendPart(PeerFrame, PartRange)
    /// Waits until this many frames have come in all.
    case awaitFrames(Int)
    /// Waits for our side's Close frame: what comes after this step, is sent behind it.
    case awaitClose
    /// Sends a frame and waits for its answer, again and again.
    case roundTrips(PeerFrame, count: Int)

    /// How bytes are cut into writes.
    enum Chopping: Sendable, Hashable {
        /// All frames in one write.
        case whole
        /// A write for each frame.
        case byFrame
        /// Writes of so many bytes, whatever they cut.
        case pieces(Int)
    }

    /// A part of a frame, counted in payload bytes; the header goes with the first one.
    enum PartRange: Sendable, Hashable {
        /// The header and this many payload bytes.
        case first(Int)
        /// The payload bytes from one place to another.
        case next(Range<Int>)
    }
}
