/// What a test waited for did not happen in time.
package struct TimeLimitExceeded: Error, CustomStringConvertible {
    /// What was waited for, and for how long.
    package let description: String

    package init(_ subject: String, after limit: Duration) {
        self.description = "\(subject): not within \(limit)"
    }
}
