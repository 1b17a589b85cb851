internal import Glibc

/// A value behind a lock, with the interface of the standard library's `Mutex`.
///
/// ThreadSanitizer does not see the contended path of that `Mutex`, which is a futex. It would report every contended
/// access as a race, and nobody would find the real ones. This one is a `pthread_mutex_t`, which ThreadSanitizer knows.
/// See decision 0010.
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

    /// Runs `body` with the value; no other thread can use it at that time.
    borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(self.lock)
        defer { pthread_mutex_unlock(self.lock) }
        return try body(&self.value.pointee)
    }
}

// The pointers are private, and their memory is used only under the lock.
extension Mutex: @unchecked Sendable where Value: ~Copyable {}
