/// Waits until a condition holds; it checks after 1 ms, then less and less often, but at least every 16 ms.
///
/// - Parameters:
///   - subject: A name for the awaited event, for the error.
///   - limit: How long to wait.
///   - condition: Reads the state; it must not change it.
/// - Throws: ``TimeLimitExceeded``, `CancellationError`, or the error of `condition`.
package func eventually(
    _ subject: String,
    within limit: Duration = patience,
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

#if RED_CONTROLS
/// How long a test waits for something that comes soon; short with a mutant, because then it often does not come.
package let patience = Duration.seconds(10)
#else
/// How long a test waits for something that comes soon, even on a very slow machine.
package let patience = Duration.seconds(30)
#endif
