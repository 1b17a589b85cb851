/// The next action of the test peer.
enum PeerStep: Sendable {
    /// Sends frames.
    case send([PeerFrame], Chopping = .whole)
    /// Sends some bytes of one frame; another step sends the rest, or no step does.
    case sendPart(PeerFrame, PartRange)
    /// Waits until this many frames have arrived in total.
    case awaitFrames(Int)
    /// Waits for our side's Close frame; later steps send their bytes after it.
    case awaitClose
    /// Sends a frame and waits for its answer, repeatedly.
    case roundTrips(PeerFrame, count: Int)

    /// How bytes are split into writes.
    enum Chopping: Sendable, Hashable {
        /// All frames in one write.
        case whole
        /// A write for each frame.
        case byFrame
        /// Writes of this many bytes, which may split frames.
        case pieces(Int)
    }

    /// A part of a frame, counted in payload bytes; the header goes with the first one.
    enum PartRange: Sendable, Hashable {
        /// The header and this many payload bytes.
        case first(Int)
        /// The payload bytes of this range.
        case next(Range<Int>)
    }
}
