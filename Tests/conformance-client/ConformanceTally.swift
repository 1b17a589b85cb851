/// The verdicts of a fuzzing server.
struct ConformanceTally: Sendable, Hashable, CustomStringConvertible {
    /// The cases with the verdict OK or INFORMATIONAL.
    private(set) var passed = 0
    /// All other cases; a "NON-STRICT" result counts as failed.
    private(set) var failed = 0

    /// - Parameter verdict: The verdict as the server wrote it.
    mutating func count(_ verdict: String) {
        if ["OK", "INFORMATIONAL"].contains(verdict) { self.passed += 1 } else { self.failed += 1 }
    }

    var description: String { "\(self.passed + self.failed) cases: \(self.passed) passed, \(self.failed) failed" }
}
