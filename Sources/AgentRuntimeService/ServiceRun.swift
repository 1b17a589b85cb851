import ServiceLifecycle

/// Runs a service that is at work already, until it has to end.
///
/// It closes on a graceful shutdown of the service group, and when the task is cancelled; then it returns when nothing is
/// left. If the service ends by itself, it throws why.
///
/// - Parameters:
///   - ended: Waits until the service has ended by itself, and returns the error that tells why; nil if somebody closed
///     it. It ends when its task is cancelled.
///   - close: Ends the service, and waits in bounded time, whether the task is cancelled or not. It returns what was
///     left.
/// - Throws: ``AgentRuntimeServiceError``.
package func runUntilShutdown(
    ended: @escaping @Sendable () async throws -> AgentRuntimeServiceError?,
    close: () async -> [String]
) async throws {
    let end = await withTaskGroup(of: ServiceEvent.self) { group in
        group.addTask {
            // It also ends when the task is cancelled, which is no other case here.
            try? await gracefulShutdown()
            return .shutdown
        }
        group.addTask {
            do { return .ended(try await ended()) } catch { return .shutdown }
        }
        defer { group.cancelAll() }
        return await group.next() ?? .shutdown
    }
    let left = await close()
    if case .ended(let error) = end {
        if let error { throw error }
        // Somebody has closed it because the group is ending.
        guard Task.isShuttingDownGracefully || Task.isCancelled else { throw AgentRuntimeServiceError.closed }
    }
    guard left.isEmpty else { throw AgentRuntimeServiceError.leftBehind(left) }
}

private enum ServiceEvent: Sendable {
    case shutdown
    case ended(AgentRuntimeServiceError?)
}
