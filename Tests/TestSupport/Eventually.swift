/// Waits until a condition holds; it checks after 1 ms, then less and less often, but at least every 16 ms.
///
/// - Parameters:
///   - subject: A name for the awaited event, for the error.
///   - limit: How long to wait.
///   - condition: Reads the state; it must not change it.
/// - Throws: ``TimeLimitExceeded``, `CancellationError`, or the error of `condition`.
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
