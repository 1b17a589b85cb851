/// The reason why there is no result.
public struct BenchFailure: Error {
    /// The error, in words.
    public let message: String
    /// Whether the program does not have the scenario; this is not an error.
    public let isUnsupported: Bool

    /// Creates an error.
    ///
    /// - Parameter message: The error, in words.
    public init(_ message: String) { (self.message, self.isUnsupported) = (message, false) }

    private init(unsupported: Void) { (self.message, self.isUnsupported) = ("no such scenario", true) }

    /// The program does not have the scenario.
    public static let unsupported = BenchFailure(unsupported: ())

    /// The peer ended the connection too early.
    ///
    /// - Parameters:
    ///   - done: The number of messages that arrived.
    ///   - count: The number of messages that were expected.
    /// - Returns: The failure.
    public static func closedEarly(after done: Int, of count: Int) -> BenchFailure {
        BenchFailure("the server closed after \(done) of \(count) messages")
    }
}
