/// When a tail ends by itself; nil means no limit.
struct TailLimits: Sendable, Hashable {
    /// The number of shown events.
    var count: Int?
    /// The time since the stream was opened.
    var duration: Duration?
}
