import Foundation

/// The size of a run: the sizes and counts of the largest cases are bounded unless a full run is requested.
enum Extent {
    /// Whether `WSSTREAM_CONFORMANCE=full` is set.
    static let isFull = ProcessInfo.processInfo.environment["WSSTREAM_CONFORMANCE"] == "full"

    /// The full number, or a share of it.
    ///
    /// - Parameters:
    ///   - full: The number in the testsuite.
    ///   - share: A bounded run takes this part.
    /// - Returns: At least 1.
    static func bounded(_ full: Int, by share: Int) -> Int { self.isFull ? full : max(1, full / share) }
}
