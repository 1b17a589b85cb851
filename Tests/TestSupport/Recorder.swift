import Synchronization

/// Values that many tasks add and any task reads, in the order they came.
package final class Recorder<Value: Sendable>: Sendable {
    private let state = Mutex<[Value]>([])

    package init() {}

    /// The values so far.
    package var values: [Value] { self.state.withLock { $0 } }

    /// Adds a value.
    package func append(_ value: Value) { self.state.withLock { $0.append(value) } }
}
