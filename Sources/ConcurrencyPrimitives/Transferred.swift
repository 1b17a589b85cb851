internal import NIOConcurrencyHelpers

/// Moves a value that can't be copied into a task: a closure can't capture such a value and consume it.
///
/// The work takes the value once. If the work never runs, the value is destroyed with this object.
package final class Transferred<Value: ~Copyable & Sendable>: Sendable {
    private let lock = NIOLock()
    // Read and written only under the lock.
    nonisolated(unsafe) private var value: Value?

    package init(_ value: consuming sending Value) { self.value = consume value }

    /// The value, or nil if it was taken before.
    package func take() -> sending Value? {
        self.lock.lock()
        defer { self.lock.unlock() }
        return self.value.take()
    }
}
