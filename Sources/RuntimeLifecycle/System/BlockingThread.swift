import ConcurrencyPrimitives
internal import Glibc

/// Runs calls that may block on their own thread.
///
/// The cooperative pool has as many threads as cores, so an `fsync` or a `flock` there stalls other tasks. A new thread
/// costs about 30 µs, which is little compared with a blocking call. So there is no pool that has a size, can be
/// exhausted or must be shut down.
enum BlockingThread {
    /// Runs `body` on its own thread and returns its value.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        // If a task is resumed before it has suspended, the runtime orders the two sides by atomics. ThreadSanitizer
        // does not see those. A mutex that both sides lock shows it the order.
        let order = Order()
        // A thread belongs to no task, so it can't inherit task-local values.
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

    /// Runs a throwing `body` on its own thread and returns its value or throws its error.
    static func attempt<Value: Sendable>(
        _ body: @escaping @Sendable () throws(LifecycleError) -> Value
    ) async throws(LifecycleError) -> Value {
        let result: Result<Value, LifecycleError> = await self.run {
            do throws(LifecycleError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Starts a detached thread; if that fails (thread limit reached), it runs `body` here.
    static func start(_ body: @escaping @Sendable () -> Void) {
        // Taken once: by the new thread, or below if there is none.
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
        // Not an empty value: its address would be that of the lock's object, whose header the other side reads without
        // the lock, and the sanitizer would report that.
        let mutex = Locked(false)
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
