/// Runs `body`, and cancels it if it takes too long.
///
/// - Parameters:
///   - subject: A name for the awaited event, for the error.
///   - limit: How long it may take.
///   - body: Must react to cancellation.
/// - Returns: The value of `body`.
/// - Throws: ``TimeLimitExceeded``, or the error of `body`.
package func withTimeout<Value: Sendable>(
    _ subject: String,
    _ limit: Duration = patience,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await ContinuousClock().sleep(for: limit)
            throw TimeLimitExceeded(subject, after: limit)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
