import Foundation

/// How much of the table's bulk is run: sizes and counts of the largest cases are bounded unless all is asked for.
enum Extent {
    /// Whether `WSSTREAM_CONFORMANCE=full` is set.
    static let isFull = ProcessInfo.processInfo.environment["WSSTREAM_CONFORMANCE"] == "full"

    /// The full number, or a share of it.
    ///
    /// - Parameters:
    ///   - full: Of the testsuite.
    ///   - share: The bounded run takes this part.
    /// - Returns: At least 1.
    static func bounded(_ full: Int, by share: Int) -> Int { self.isFull ? full : max(1, full / share) }
}
