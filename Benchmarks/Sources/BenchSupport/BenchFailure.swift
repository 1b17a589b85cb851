/// Why there is no result.
public struct BenchFailure: Error {
    /// What is wrong.
    public let message: String
    /// Whether the program has no such scenario, which is no fault.
    public let isUnsupported: Bool

    /// A fault.
    ///
    /// - Parameter message: What is wrong.
    public init(_ message: String) { (self.message, self.isUnsupported) = (message, false) }

    private init(unsupported: Void) { (self.message, self.isUnsupported) = ("no such scenario", true) }

    /// The program lacks the scenario.
    public static let unsupported = BenchFailure(unsupported: ())

    /// The peer ended the connection too early.
    ///
    /// - Parameters:
    ///   - done: Messages that were there.
    ///   - count: Messages that were wanted.
    /// - Returns: The failure.
    public static func closedEarly(after done: Int, of count: Int) -> BenchFailure {
        BenchFailure("the server closed after \(done) of \(count) messages")
    }
}
