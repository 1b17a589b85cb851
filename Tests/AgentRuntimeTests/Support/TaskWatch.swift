import AgentRuntime
import ConcurrencyPrimitives
import WebSocketTransport

/// Watches the tasks that a client starts, and finds those that start after its close has returned.
final class TaskWatch: Sendable {
    private struct State {
        var isOver = false
        var escaped: [StreamTask] = []
    }

    private let state = Locked(State())

    /// The tasks that started after close had returned.
    var escaped: [StreamTask] { self.state.withLock { $0.escaped } }

    /// Starts a task of the client.
    var spawn: AgentRuntimeClient.Spawn {
        { task, executor, work in
            self.state.withLock { state in
                if state.isOver { state.escaped.append(task) }
            }
            Task(executorPreference: executor) { await work() }
        }
    }

    /// Call it when the close of the client has returned.
    func closeReturned() { self.state.withLock { $0.isOver = true } }
}
