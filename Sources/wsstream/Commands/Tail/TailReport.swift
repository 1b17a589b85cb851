/// What a tail tells when it is over.
struct TailReport: Sendable {
    /// What ended it.
    var end: TailEnd
    /// What it counted.
    var statistics: TailStatistics.Snapshot
    /// What of the output nobody read until a signal ended the tail, in words; nil when there was none.
    var lostOutput: String?
    /// What was left of the client after its close: always nothing, which is what the barrier is for.
    var remainingTasks: Int
}
