import ConcurrencyPrimitives
import WebSocketTransport

/// A value, and the tasks that wait until a condition on it is true.
///
/// Every waiter is resumed exactly once: when its condition is true, when its task is cancelled, or when the value is
/// finished and the condition can no longer become true.
final class Watched<Value: Sendable>: Sendable {
    private enum Outcome { case satisfied, cancelled, timedOut, finished }

    private struct Waiter {
        var condition: @Sendable (Value) -> Bool
        var continuation: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var value: Value
        var isFinished = false
        var nextID: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
    }

    private let state: Locked<State>

    init(_ value: Value) { self.state = Locked(State(value: value)) }

    var value: Value { self.state.withLock { $0.value } }

    /// Changes the value and resumes the tasks whose condition is true; the closure runs under the lock.
    ///
    /// It must not call other code that takes this lock.
    @discardableResult
    func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
        let (result, satisfied) = self.state.withLock { state in
            let result = change(&state.value)
            let ids = state.waiters.filter { $0.value.condition(state.value) }.keys
            return (result, ids.compactMap { state.waiters.removeValue(forKey: $0) })
        }
        for waiter in satisfied { waiter.continuation.resume(returning: .satisfied) }
        return result
    }

    /// Ends all waiting: current and later waiters get ``MockServerError/Code/stopped``.
    func finish() {
        let waiters = self.state.withLock { state in
            state.isFinished = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .finished) }
    }

    /// Waits until the condition is true; the condition runs under the lock.
    ///
    /// It must not call other code that takes this lock.
    ///
    /// - Parameters:
    ///   - limit: The time limit, in real time; nil means none.
    ///   - expected: What is waited for, in words that can follow "Expected".
    ///   - seen: What came instead, as a sentence.
    ///   - condition: The condition.
    /// - Throws: ``MockServerError`` with `stopped` or `timedOut`; `CancellationError`.
    func wait(
        within limit: Duration? = nil,
        _ expected: String = "",
        seen: (Value) -> String = { _ in "" },
        until condition: @escaping @Sendable (Value) -> Bool
    ) async throws {
        let id = self.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        var timer: Task<Void, any Error>?
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.add(Waiter(condition: condition, continuation: continuation), id: id)
                // onCancel may have run before the waiter was added.
                if Task.isCancelled { self.resume(id, .cancelled) }
                guard let limit else { return }
                timer = Task {
                    try await Task.sleep(for: limit)
                    self.resume(id, .timedOut)
                }
            }
        } onCancel: {
            self.resume(id, .cancelled)
        }
        timer?.cancel()
        switch outcome {
        case .satisfied: return
        case .cancelled: throw CancellationError()
        case .timedOut:
            let text = "Expected \(expected) within \(limit ?? .zero). \(seen(self.value))"
            throw MockServerError(.timedOut, text)
        case .finished: throw MockServerError(.stopped, "The server was stopped before this could be observed.")
        }
    }

    private func add(_ waiter: Waiter, id: UInt64) {
        let outcome = self.state.withLock { state -> Outcome? in
            if waiter.condition(state.value) { return .satisfied }
            if state.isFinished { return .finished }
            state.waiters[id] = waiter
            return nil
        }
        if let outcome { waiter.continuation.resume(returning: outcome) }
    }

    private func resume(_ id: UInt64, _ outcome: Outcome) {
        let waiter = self.state.withLock { $0.waiters.removeValue(forKey: id) }
        waiter?.continuation.resume(returning: outcome)
    }
}
