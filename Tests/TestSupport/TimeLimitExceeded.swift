/// The event that a test waited for did not happen in time.
package struct TimeLimitExceeded: Error, CustomStringConvertible {
    /// The name of the event, and how long the test waited.
    package let description: String

    package init(_ subject: String, after limit: Duration) {
        self.description = "\(subject): not within \(limit)"
    }
}
