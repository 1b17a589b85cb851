import ConcurrencyPrimitives

/// A dial that waits for something else before it connects: a closure of the user, or an answer of the runtime.
final class TaskDial: RuntimeDial {
    private enum State {
        case prepared
        case running(Task<any RuntimeConnection, any Error>)
        case cancelled
    }

    private let attempt: @Sendable () async throws -> any RuntimeConnection
    private let state = Locked(State.prepared)

    /// - Parameter attempt: Connects; its task is cancelled when the dial is.
    init(_ attempt: @escaping @Sendable () async throws -> any RuntimeConnection) { self.attempt = attempt }

    func connect() async throws -> any RuntimeConnection {
        // A task of its own, because `cancel()` must reach all of it. It ends before this returns, and the dial is a
        // member of the barrier until then.
        let task = self.state.withLock { [attempt] state -> Task<any RuntimeConnection, any Error>? in
            guard case .prepared = state else { return nil }
            let task = Task { try await attempt() }
            state = .running(task)
            return task
        }
        guard let task else { throw CancellationError() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    func cancel() {
        let task = self.state.withLock { state -> Task<any RuntimeConnection, any Error>? in
            defer { if case .prepared = state { state = .cancelled } }
            if case .running(let task) = state { return task }
            return nil
        }
        task?.cancel()
    }
}
