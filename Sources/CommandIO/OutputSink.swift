/// Where rendered bytes go.
package protocol OutputSink: Sendable {
    /// Writes all of `bytes`.
    ///
    /// Not cut short by cancelling the task: a line is written whole, or the sink has failed. A reader that does not read
    /// holds it up until ``limitWaiting(to:)`` says otherwise.
    func write(_ bytes: [UInt8]) async throws(OutputError)

    /// From now on nobody is waited for longer than this; a write that waits already counts from now.
    func limitWaiting(to patience: OutputPatience)

    /// Waits until the reader has left, also while nothing is written, or until the task is cancelled.
    ///
    /// - Returns: Whether the reader has left.
    func waitUntilReaderLeft() async -> Bool
}

/// How long a write waits for a reader that does not read.
package struct OutputPatience: Sendable, Hashable {
    /// How long without a byte being taken.
    package var withoutProgress: Duration
    /// How long in all, from when it was set.
    package var total: Duration?

    /// Somebody asked for the end: what is ready gets a second.
    package static let afterSignal = OutputPatience(withoutProgress: .seconds(1), total: .seconds(2))
    /// Nothing more comes: a reader that goes on reading gets all of it, however slowly.
    package static let atTheEnd = OutputPatience(withoutProgress: .seconds(5))

    package init(withoutProgress: Duration, total: Duration? = nil) {
        (self.withoutProgress, self.total) = (withoutProgress, total)
    }
}

/// Why output can't be written; the same in every command.
package enum OutputError: Error, Equatable {
    /// The reader has left (EPIPE), as `| head` does: not a failure.
    case readerLeft
    /// The reader is there and does not read; so many bytes that were ready were given up.
    case notRead(bytes: Int)
    /// Anything else; the text of `errno`.
    case failed(String)

    /// The exit code of a command whose output failed: `EX_IOERR` of `sysexits.h`.
    package static let exitCode: Int32 = 74

    /// What went wrong, for standard error; nil when nothing did.
    package var complaint: String? {
        switch self {
        case .readerLeft: nil
        case .notRead(let bytes): "standard output can't be written: nobody reads it; \(bytes) bytes were given up"
        case .failed(let reason): "standard output can't be written: \(reason)"
        }
    }
}
