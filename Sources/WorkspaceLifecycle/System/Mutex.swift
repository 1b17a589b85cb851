internal import Glibc

/// A value behind a lock, with the interface of the standard library's `Mutex`.
///
/// That one is a futex whose contended path ThreadSanitizer does not see, so every contended access would be reported
/// as a race and real ones would drown. This one is a `pthread_mutex_t`, which it knows. See decision 0010.
struct Mutex<Value: ~Copyable>: ~Copyable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    init(_ initial: consuming sending Value) {
        self.lock = .allocate(capacity: 1)
        self.value = .allocate(capacity: 1)
        self.lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(self.lock, nil)
        self.value.initialize(to: initial)
    }

    deinit {
        self.value.deinitialize(count: 1).deallocate()
        pthread_mutex_destroy(self.lock)
        self.lock.deinitialize(count: 1).deallocate()
    }

    /// Runs `body` with the value while nobody else can.
    borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(self.lock)
        defer { pthread_mutex_unlock(self.lock) }
        return try body(&self.value.pointee)
    }
}

// The pointers are private and what they point to is reached only under the lock.
extension Mutex: @unchecked Sendable where Value: ~Copyable {}
