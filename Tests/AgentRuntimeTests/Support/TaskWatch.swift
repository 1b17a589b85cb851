import AgentRuntime
import ConcurrencyPrimitives
import WebSocketTransport

/// Watches the tasks that a client starts, and says which of them were started after its close had returned.
final class TaskWatch: Sendable {
    private struct State {
        var isOver = false
        var escaped: [StreamTask] = []
    }

    private let state = Locked(State())

    /// The tasks that were started after close had returned.
    var escaped: [StreamTask] { self.state.withLock { $0.escaped } }

    /// How the client starts its tasks.
    var spawn: @Sendable (StreamTask, @escaping @Sendable () async -> Void) -> Void {
        { task, work in
            self.state.withLock { state in
                if state.isOver { state.escaped.append(task) }
            }
            Task { await work() }
        }
    }

    /// The close of the client has returned.
    func closeReturned() { self.state.withLock { $0.isOver = true } }
}
