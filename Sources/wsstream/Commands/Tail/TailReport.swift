/// The report at the end of a tail.
struct TailReport: Sendable {
    /// The cause of the end.
    var end: TailEnd
    /// The final statistics.
    var statistics: TailStatistics.Snapshot
    /// A text about output that nobody had read when a signal ended the tail; nil if there was none.
    var lostOutput: String?
    /// The number of tasks of the client after its close; always 0, because the barrier waits for all of them.
    var remainingTasks: Int
}
