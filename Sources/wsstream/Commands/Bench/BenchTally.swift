/// The counts of a measured loop.
struct BenchTally: Sendable, Equatable {
    /// Messages; round trips for `echo`.
    var messages = 0
    /// Bytes of their payloads.
    var bytes = 0
    /// Messages that could not be decoded; only `events` decodes.
    var malformed = 0
    /// Round-trip times; only `echo` measures them.
    var latencies: LatencyHistogram?
}
