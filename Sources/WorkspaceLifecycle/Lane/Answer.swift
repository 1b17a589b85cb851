/// A value that some work delivers once and one caller waits for; a cancelled caller stops waiting.
final class Answer<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Result<Value, any Error>, Never>)
        case settled(Result<Value, any Error>)
        /// The caller has its answer, or no longer waits; a later value is dropped.
        case done
    }

    private let state = Mutex(State.open)

    /// Delivers the value.
    ///
    /// Only the first delivery counts.
    func settle(_ result: Result<Value, any Error>) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Result<Value, any Error>, Never>? in
            switch state {
            case .open:
                state = .settled(result)
                return nil
            case .awaited(let waiter):
                state = .done
                return waiter
            case .settled, .done: return nil
            }
        }
        waiter?.resume(returning: result)
    }

    /// Waits for the value; call it once.
    ///
    /// - Throws: The error of the work, or `CancellationError` if the waiting task is cancelled first.
    func value() async throws -> Value {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = self.state.withLock { state -> Result<Value, any Error>? in
                    if case .settled(let result) = state {
                        state = .done
                        return result
                    }
                    state = .awaited(continuation)
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            // Works in both orders: if the value came first, the cancellation has no effect.
            self.settle(.failure(CancellationError()))
        }
        // The second lock shows ThreadSanitizer the order that the continuation made; see `BlockingThread`.
        self.state.withLock { $0 = .done }
        return try result.get()
    }
}
