/// When a tail ends by itself; nil is no limit.
struct TailLimits: Sendable, Hashable {
    /// After so many shown events.
    var count: Int?
    /// So long after the stream was opened.
    var duration: Duration?
}
