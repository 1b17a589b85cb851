public import NIOConcurrencyHelpers

/// A value behind a lock: take the lock, decide, release it, and then act.
///
/// The standard library's `Mutex` does the same. But on Linux the thread sanitizer can't see its futex, and reports
/// every value behind it as a race. This lock is a pthread mutex, which the sanitizer sees. See
/// `docs/decisions/0003-locks.md`.
///
/// It is compiled where it is used, like all generic code here. Otherwise each use in another module would learn the
/// type of the value only at run time, which takes ten times as long. See
/// `docs/decisions/0022-compiled-where-it-is-used.md`.
@usableFromInline
package struct Locked<Value: Sendable>: Sendable {
    @usableFromInline let box: NIOLockedValueBox<Value>

    @inlinable
    package init(_ value: Value) { self.box = NIOLockedValueBox(value) }

    /// Runs `body` with the value while the lock is held.
    ///
    /// - Parameter body: Decides; it must not wait, log, resume, cancel or call other code.
    /// - Returns: The value of `body`.
    /// - Throws: The error of `body`.
    @inlinable
    package func withLock<Output, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        try self.box.withLockedValue { value in
            Result { () throws(Failure) in try body(&value) }
        }.get()
    }
}
