/// What a tail tells when it is over.
struct TailReport: Sendable {
    /// What ended it.
    var end: TailEnd
    /// What it counted.
    var statistics: TailStatistics.Snapshot
    /// What was left of the client after its close: always nothing, which is what the barrier is for.
    var remainingTasks: Int
}
