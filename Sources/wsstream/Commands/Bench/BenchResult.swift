/// What a measurement prints: one line of JSON.
struct BenchResult: Sendable, Equatable {
    /// The counts of the loop.
    var tally: BenchTally
    /// Seconds from the open connection to the last message.
    var wallSeconds: Double
    /// Processor seconds of the process, outside the kernel, since the command began.
    var userSeconds: Double
    /// Processor seconds in the kernel, since the command began.
    var systemSeconds: Double
    /// The largest resident memory of the process so far, in kB.
    var maximumResidentKilobytes: Int

    /// The JSON object, without a line break.
    ///
    /// `p50_us` and `p99_us` exist only for `echo`, and `malformed` only if there were malformed messages.
    var json: String {
        var members = [
            ("msgs", "\(self.tally.messages)"),
            ("bytes", "\(self.tally.bytes)"),
            ("wall_s", StatisticsText.decimal(self.wallSeconds, 6)),
            ("user_s", StatisticsText.decimal(self.userSeconds, 6)),
            ("sys_s", StatisticsText.decimal(self.systemSeconds, 6)),
            ("maxrss_kb", "\(self.maximumResidentKilobytes)"),
        ]
        if let latencies = self.tally.latencies {
            members.append(("p50_us", StatisticsText.decimal(latencies.quantile(0.50) ?? 0, 2)))
            members.append(("p99_us", StatisticsText.decimal(latencies.quantile(0.99) ?? 0, 2)))
        }
        if self.tally.malformed > 0 { members.append(("malformed", "\(self.tally.malformed)")) }
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }
}

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
