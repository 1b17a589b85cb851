/// Waits until a condition holds, looking at it after 1 ms, then less and less often, at least every 16 ms.
///
/// - Parameters:
///   - subject: What is waited for; named when it does not happen.
///   - limit: How long to wait.
///   - condition: Looks at the state; must not change it.
/// - Throws: ``TimeLimitExceeded``, `CancellationError`, or what `condition` throws.
package func eventually(
    _ subject: String,
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    var pause = Duration.milliseconds(1)
    while try await !condition() {
        guard clock.now < end else { throw TimeLimitExceeded(subject, after: limit) }
        try await clock.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(16))
    }
}
