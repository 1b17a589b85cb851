/// The number of connections that are opened at the same time.
public let openers = 100

/// Calls a function many times, ``openers`` calls at a time.
///
/// - Parameters:
///   - count: The number of calls.
///   - work: The function.
/// - Returns: The results, in no order.
/// - Throws: The first error of `work`, after the others have ended.
public func inParallel<Value: Sendable>(
    _ count: Int,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: [Value].self) { group in
        for opener in 0..<openers {
            let share = count / openers + (opener < count % openers ? 1 : 0)
            group.addTask {
                var values: [Value] = []
                for _ in 0..<share { values.append(try await work()) }
                return values
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
}
