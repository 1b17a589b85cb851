/// Moves a non-copyable value into a task, because a closure can't capture and consume one.
///
/// The work that gets it takes it once. If that work never runs, the value is destroyed with this object.
final class Transferred<Value: ~Copyable & Sendable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: consuming sending Value) {
        self.value = Mutex(consume value)
    }

    /// The value; `nil` if it was taken before.
    func take() -> sending Value? {
        self.value.withLock { $0.take() }
    }
}
