#if RED_CONTROLS
internal import RedControls
#endif

/// A value that is set once, and the tasks that wait for it.
///
/// Every waiter is resumed exactly once: with the value when it is set, or with `CancellationError`.
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

    /// The value, after it is set.
    @inlinable package var value: Value? { self.state.withLock { $0.value } }

    /// Sets the value and resumes all waiters.
    ///
    /// - Parameter value: The value; ignored if a value is already set.
    /// - Returns: Whether this value was set.
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

    /// Calls `use` with the value: now if it is set, otherwise in the call that sets it.
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

    /// Waits for the value, also if the task is cancelled: for teardown, whose time is limited elsewhere.
    ///
    /// - Returns: The value.
    @inlinable
    package func wait() async -> Value {
        let id = self.newID()
        // No code cancels this id, so the continuation is resumed with a value.
        while true {
            if let value = await withCheckedContinuation({ self.add($0, id: id) }) { return value }
        }
    }

    /// Waits for the value until it is set or the task is cancelled.
    ///
    /// - Returns: The value.
    /// - Throws: `CancellationError`; the promise itself is not changed.
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
