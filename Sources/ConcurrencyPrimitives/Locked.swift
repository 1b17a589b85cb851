public import NIOConcurrencyHelpers

/// A value behind a lock: lock, decide, unlock, act.
///
/// The standard library's `Mutex` does the same, but on Linux the thread sanitizer can't see its futex and reports every
/// value behind it as a race; this one is a pthread mutex, which it sees. See `docs/decisions/0003-locks.md`.
///
/// Compiled where it is used, as all that is generic here: else each use in another module works on a value whose type
/// it learns at run time, at ten times the price. See `docs/decisions/0022-compiled-where-it-is-used.md`.
@usableFromInline
package struct Locked<Value: Sendable>: Sendable {
    @usableFromInline let box: NIOLockedValueBox<Value>

    @inlinable
    package init(_ value: Value) { self.box = NIOLockedValueBox(value) }

    /// Runs `body` with the value, and nobody else in it.
    ///
    /// - Parameter body: Decides; it must not wait, log, resume, cancel or call out.
    /// - Returns: The value of `body`.
    /// - Throws: What `body` throws.
    @inlinable
    package func withLock<Output, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        try self.box.withLockedValue { value in
            Result { () throws(Failure) in try body(&value) }
        }.get()
    }
}
