/// Where rendered bytes go.
protocol OutputSink: Sendable {
    /// Writes all of `bytes`.
    ///
    /// Not cut short by cancelling the task: a line is written whole, or the sink has failed.
    func write(_ bytes: [UInt8]) async throws(OutputError)
}

/// Why output can't be written.
enum OutputError: Error, Equatable {
    /// The reader has left (EPIPE), as `| head` does: not a failure.
    case readerLeft
    /// Anything else; the text of `errno`.
    case failed(String)
}
