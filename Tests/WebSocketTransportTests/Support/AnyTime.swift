import Testing

/// Runs an attempt with longer and longer times, until the time was long enough for this machine.
///
/// Use it for a time limit that must also be short enough for the test.
///
/// - Parameters:
///   - milliseconds: The times to try.
///   - attempt: Returns false if the time was too short to prove anything.
func withAnyTime(
    of milliseconds: [Int] = [100, 400, 1600, 6400],
    _ attempt: (Duration) async throws -> Bool
) async throws {
    for time in milliseconds where try await attempt(.milliseconds(time)) { return }
    Issue.record("no time was long enough")
}
