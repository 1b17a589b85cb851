/// Carries a value that can't be copied into a task, which a closure can't capture and consume by itself.
///
/// Taken once by the work it was moved into; if that work never comes to run, the value is destroyed with this object.
final class Transferred<Value: ~Copyable & Sendable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: consuming sending Value) {
        self.value = Mutex(consume value)
    }

    /// The value, or nothing when it was taken before.
    func take() -> sending Value? {
        self.value.withLock { $0.take() }
    }
}
