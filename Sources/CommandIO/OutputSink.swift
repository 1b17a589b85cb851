/// The destination of rendered bytes.
package protocol OutputSink: Sendable {
    /// Writes all of `bytes`.
    ///
    /// Cancelling the task has no effect, so that a line is written completely or the sink has failed. A reader that
    /// does not read makes it wait, until ``limitWaiting(to:)`` sets a limit.
    func write(_ bytes: [UInt8]) async throws(OutputError)

    /// Limits all waiting for the reader from now on; for a write that already waits, the time counts from now.
    func limitWaiting(to patience: OutputPatience)

    /// Waits until the reader has left, even if nothing is written, or until the task is cancelled.
    ///
    /// - Returns: Whether the reader has left.
    func waitUntilReaderLeft() async -> Bool
}

/// How long a write waits for a reader that does not read.
package struct OutputPatience: Sendable, Hashable {
    /// The longest wait in which the reader takes no byte.
    package var withoutProgress: Duration
    /// The longest wait in all, counted from the call that set it.
    package var total: Duration?

    /// After a signal: output that is ready may take a second.
    package static let afterSignal = OutputPatience(withoutProgress: .seconds(1), total: .seconds(2))
    /// At the normal end: a reader that keeps reading gets everything, even if it is slow.
    package static let atTheEnd = OutputPatience(withoutProgress: .seconds(5))

    package init(withoutProgress: Duration, total: Duration? = nil) {
        (self.withoutProgress, self.total) = (withoutProgress, total)
    }
}
