/// Waits until a condition holds, looking every millisecond: the one place where a test lets time pass.
///
/// - Parameters:
///   - subject: What is waited for; named when it does not happen.
///   - limit: How long to wait.
///   - condition: Looks at the state; must not change it.
/// - Throws: ``TimeLimitExceeded``, `CancellationError`, or what `condition` throws.
package func eventually(
    _ subject: String,
    within limit: Duration = .seconds(10),
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while try await !condition() {
        guard clock.now < end else { throw TimeLimitExceeded(subject, after: limit) }
        try await clock.sleep(for: .milliseconds(1))
    }
}
