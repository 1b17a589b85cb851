import NIOConcurrencyHelpers

/// Values that many tasks can add and read, in the order in which they came.
package final class Recorder<Value: Sendable>: Sendable {
    private let state = NIOLockedValueBox<[Value]>([])

    package init() {}

    /// The values so far.
    package var values: [Value] { self.state.withLockedValue { $0 } }

    /// Adds a value.
    package func append(_ value: Value) { self.state.withLockedValue { $0.append(value) } }

    /// Removes and returns the values so far.
    package func take() -> [Value] {
        self.state.withLockedValue { values in
            defer { values = [] }
            return values
        }
    }
}
