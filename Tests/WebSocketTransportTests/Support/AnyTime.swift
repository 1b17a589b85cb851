import Testing

/// Runs an attempt that needs some time bound to be long enough for this machine, and short enough for the test, with
/// longer and longer times until the bound was long enough.
///
/// - Parameters:
///   - milliseconds: The times to try.
///   - attempt: Returns false when the time was too short to say anything.
func withAnyTime(
    of milliseconds: [Int] = [100, 400, 1600, 6400],
    _ attempt: (Duration) async throws -> Bool
) async throws {
    for time in milliseconds where try await attempt(.milliseconds(time)) { return }
    Issue.record("no time was long enough")
}
