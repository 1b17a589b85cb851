/// Why output can't be written; every command uses it.
package enum OutputError: Error, Equatable {
    /// The reader has left (EPIPE), as in `| head`; this is not a failure.
    case readerLeft
    /// The reader exists but does not read; this number of bytes was dropped.
    case notRead(bytes: Int)
    /// Any other error; the text of `errno`.
    case failed(String)

    /// The exit code of a command whose output failed: `EX_IOERR` of `sysexits.h`.
    package static let exitCode: Int32 = 74

    /// The text for standard error; nil if there was no failure.
    package var complaint: String? {
        switch self {
        case .readerLeft: nil
        case .notRead(let bytes): "standard output can't be written: nobody reads it; \(bytes) bytes were dropped"
        case .failed(let reason): "standard output can't be written: \(reason)"
        }
    }
}
