import MockAgentServer
import WebSocketTransport

/// Runs `body` while SIGINT and SIGTERM are ours: the first one tells it to stop, the second one ends the process.
///
/// - Parameter body: Gets a function that waits for the first signal, or until its task is cancelled.
/// - Returns: The value of `body`.
/// - Throws: What `body` throws.
func withInterruption<Value: Sendable, Failure: Error>(
    _ body: (@escaping @Sendable () async -> Void) async throws(Failure) -> Value
) async throws(Failure) -> Value {
    let interrupted = Outcome<Void>()
    // Fails only when this task is cancelled, which asks for the same as a signal.
    let signals = try? await TerminationSignals()
    if signals == nil { interrupted.resolve(()) }
    return try await withDiscardingTaskGroup { group -> Result<Value, Failure> in
        group.addTask {
            guard let signals else { return }
            for await _ in signals {
                if interrupted.value != nil { ProcessEnvironment.exitNow(.aborted) }
                interrupted.resolve(())
            }
        }
        defer { group.cancelAll() }
        do throws(Failure) {
            return .success(try await body { _ = try? await interrupted.waitUnlessCancelled() })
        } catch {
            return .failure(error)
        }
    }.get()
}
