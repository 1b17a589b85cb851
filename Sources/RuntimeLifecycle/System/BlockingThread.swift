import ConcurrencyPrimitives
internal import Glibc

/// Runs calls that may block on a thread of their own.
///
/// The cooperative pool has as many threads as cores; an `fsync` or a `flock` on one of them stalls every task.
/// A fresh thread costs some 30 µs, next to which a system call worth moving is slow; so there is no pool to size,
/// to starve or to shut down.
enum BlockingThread {
    /// Runs `body` on its own thread and gives its value.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        // When a task is resumed before it has suspended, the runtime orders the two sides by atomics that
        // ThreadSanitizer does not see; a mutex that both pass makes the order visible.
        let order = Order()
        // A thread has no task to inherit them from.
        let calls = SystemCalls.current
        let value = await withCheckedContinuation { continuation in
            self.start {
                let value = SystemCalls.$current.withValue(calls) { body() }
                order.mutex.withLock { _ in }
                continuation.resume(returning: value)
            }
        }
        order.mutex.withLock { _ in }
        return value
    }

    /// Runs a throwing `body` on its own thread and gives its value or throws its error.
    static func attempt<Value: Sendable>(
        _ body: @escaping @Sendable () throws(LifecycleError) -> Value
    ) async throws(LifecycleError) -> Value {
        let result: Result<Value, LifecycleError> = await self.run {
            do throws(LifecycleError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Starts a detached thread; without one (thread limit reached) runs `body` here, late rather than never.
    static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Work(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let failure = pthread_create(&thread, &attributes, { Self.enter($0) }, box.toOpaque())
        if failure != 0 { box.takeRetainedValue().body() }
    }

    private static func enter(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let pointer else { return nil }
        Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
    }

    private final class Order: Sendable {
        let mutex = Locked(())
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
