/// What a fuzzing server said of the cases.
struct ConformanceTally: Sendable, Hashable, CustomStringConvertible {
    /// The cases with the verdict OK or INFORMATIONAL.
    private(set) var passed = 0
    /// All others: what passes but for strictness has not passed.
    private(set) var failed = 0

    /// - Parameter verdict: As the server says it.
    mutating func count(_ verdict: String) {
        if ["OK", "INFORMATIONAL"].contains(verdict) { self.passed += 1 } else { self.failed += 1 }
    }

    var description: String { "\(self.passed + self.failed) cases: \(self.passed) passed, \(self.failed) failed" }
}
