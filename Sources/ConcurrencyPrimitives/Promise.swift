#if RED_CONTROLS
internal import RedControls
#endif

/// A value that becomes known once, and the tasks that wait for it.
///
/// Every waiter is resumed exactly once: with the value, whenever it arrives, or with `CancellationError`.
@usableFromInline
package final class Promise<Value: Sendable>: Sendable {
    @usableFromInline typealias Waiter = CheckedContinuation<Value?, Never>

    @usableFromInline
    struct State: Sendable {
        @usableFromInline var value: Value?
        @usableFromInline var nextID: UInt64 = 0
        @usableFromInline var waiters: [UInt64: Waiter] = [:]
        @usableFromInline var uses: [@Sendable (Value) -> Void] = []

        @inlinable
        init() {}
    }

    @usableFromInline let state: Locked<State>

    @inlinable
    package init() { self.state = Locked(State()) }

    /// The value, once it is known.
    @inlinable package var value: Value? { self.state.withLock { $0.value } }

    /// Makes the value known and resumes who waits.
    ///
    /// - Parameter value: Ignored when a value is known already.
    /// - Returns: Whether this value counts.
    #if !RED_CONTROLS
    @inlinable
    #endif
    @discardableResult
    package func resolve(_ value: Value) -> Bool {
        let (waiters, uses, counts) = self.state.withLock { state in
            guard state.value == nil else { return ([Waiter](), [@Sendable (Value) -> Void](), false) }
            state.value = value
            defer { (state.waiters, state.uses) = ([:], []) }
            #if RED_CONTROLS
            if RedControl.isActive(.resumeUnderTheLock) {
                for use in state.uses { use(value) }
                for waiter in state.waiters.values { waiter.resume(returning: value) }
                return ([], [], true)
            }
            #endif
            let inOrder = state.waiters.sorted { $0.key < $1.key }.map(\.value)
            return (inOrder, state.uses, true)
        }
        for use in uses { use(value) }
        #if RED_CONTROLS
        if RedControl.isActive(.secondWaiterLost) {
            waiters.first?.resume(returning: value)
            return counts
        }
        #endif
        for waiter in waiters { waiter.resume(returning: value) }
        return counts
    }

    /// Has `use` called with the value: now if it is known, else by whoever makes it known.
    ///
    /// - Parameter use: Called once, outside the lock; must not wait.
    @inlinable
    package func whenKnown(_ use: @escaping @Sendable (Value) -> Void) {
        let value = self.state.withLock { state -> Value? in
            if state.value == nil { state.uses.append(use) }
            return state.value
        }
        if let value { use(value) }
    }

    /// Waits for the value, also when the task is cancelled: for teardown, whose time is bounded elsewhere.
    ///
    /// - Returns: The value.
    @inlinable
    package func wait() async -> Value {
        let id = self.newID()
        // Nobody cancels this id, so the continuation is resumed with a value.
        while true {
            if let value = await withCheckedContinuation({ self.add($0, id: id) }) { return value }
        }
    }

    /// Waits for the value until the task is cancelled.
    ///
    /// - Returns: The value.
    /// - Throws: `CancellationError`; the outcome itself is not changed.
    @inlinable
    package func waitUnlessCancelled() async throws(CancellationError) -> Value {
        let id = self.newID()
        let value = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.add(continuation, id: id)
                // onCancel may have run before the continuation was added.
                if Task.isCancelled { self.cancel(id) }
            }
        } onCancel: {
            self.cancel(id)
        }
        guard let value else { throw CancellationError() }
        return value
    }

    @inlinable
    func newID() -> UInt64 {
        self.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    @inlinable
    func add(_ waiter: Waiter, id: UInt64) {
        let value = self.state.withLock { state -> Value? in
            if state.value == nil { state.waiters[id] = waiter }
            return state.value
        }
        if let value { waiter.resume(returning: value) }
    }

    @inlinable
    func cancel(_ id: UInt64) {
        self.state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: nil)
    }
}
