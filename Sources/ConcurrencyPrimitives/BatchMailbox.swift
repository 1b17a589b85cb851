/// Why a wait for a batch is over.
@usableFromInline
package enum MailboxWake: Sendable {
    /// There is a batch or the end to take.
    case more
    /// The waiting task was cancelled.
    case cancelled
    /// Another task already waits.
    case busy
}

/// A queue between one producer that must not wait and one consumer that may wait; it carries batches, not elements.
///
/// AsyncStream costs 0.7 to 0.95 µs per element. Here an element costs nothing, and a batch costs one lock.
///
/// The producer learns when the queue passes its high mark; `onRoom` tells it when the queue is at its low mark again.
///
/// All state that each batch needs is in one object, behind one lock. On a slow stream nothing of it is in the cache,
/// so each separate object would cost a cache miss.
@usableFromInline
package struct BatchMailbox<Batch: Sendable>: Sendable {
    /// The cost of a batch.
    @usableFromInline
    package struct Cost: Sendable, Hashable {
        @usableFromInline package var bytes: Int
        @usableFromInline package var elements: Int

        @inlinable
        package init(bytes: Int, elements: Int) {
            self.bytes = bytes
            self.elements = elements
        }
    }

    /// The result of `next`.
    @usableFromInline
    package enum Next: Sendable {
        /// The oldest batch.
        case batch(Batch)
        /// No more batches will come; each later `next` gives the same.
        case finished((any Error)?)
        /// The waiting task was cancelled; the mailbox has not changed.
        case cancelled
        /// Another task waits; there is one consumer at a time.
        case busy
    }

    /// Identifies a wait, so that a late cancellation can't end the wait of another task.
    @usableFromInline package typealias WaitID = UInt64

    /// The result of taking without waiting.
    @usableFromInline
    package enum Ready: Sendable {
        /// A result.
        case next(Next)
        /// No result: wait with this id.
        case nothing(WaitID)
    }

    /// Why a wait is over.
    @usableFromInline package typealias Wake = MailboxWake

    @usableFromInline let state: Locked<State>

    /// - Parameters:
    ///   - highMark: The producer should stop when one of the two numbers is reached.
    ///   - lowShare: The producer may go on when both numbers are at this share of the mark, 0 to 1.
    ///   - onRoom: Called by the consumer, outside the lock, when the producer may go on.
    ///   - onDrained: Called by the consumer, outside the lock, if ``notifyWhenDrained()`` has requested it.
    @inlinable
    package init(
        highMark: Cost,
        lowShare: Double,
        onRoom: @escaping @Sendable () -> Void,
        onDrained: @escaping @Sendable () -> Void = {}
    ) {
        let lowMark = Cost(
            bytes: Int(Double(highMark.bytes) * lowShare),
            elements: Int(Double(highMark.elements) * lowShare)
        )
        self.state = Locked(
            State(
                settings: Settings(highMark: highMark, lowMark: lowMark, onRoom: onRoom, onDrained: onDrained)
            )
        )
    }

    /// The cost of the queued batches.
    @inlinable package var queued: Cost { self.state.withLock { $0.queued } }

    /// Whether a task waits for a batch.
    @inlinable package var isAwaited: Bool { self.state.withLock { $0.waiter != nil } }

    /// Whether the high mark was reached, and then not yet the low mark.
    @inlinable package var isOverHighMark: Bool { self.state.withLock { $0.isOverHighMark } }

    /// The state of the consumer.
    package enum Consumption: Sendable {
        /// It asked for the next batch, and nothing is queued.
        case drained
        /// It works on the batch that it took.
        case underWay
        /// Something is queued, but no consumer works on it or waits.
        case idle
    }

    /// Requests a call of `onDrained` when the consumer asks for the next batch and nothing is queued.
    ///
    /// - Returns: The state of the consumer; if it is `drained`, `onDrained` is not called.
    package func notifyWhenDrained() -> Consumption {
        self.state.withLock { state in
            state.wantsDrained = !state.isDrained
            return state.isDrained ? .drained : state.isConsuming ? .underWay : .idle
        }
    }

    /// The consumer stops, at least for now; the batch that it took counts as consumed, except the part that it gives
    /// back.
    ///
    /// - Parameter unused: That part. It goes to a task that already waits, which then is the consumer, or back to the
    ///   front.
    @inlinable
    package func stopConsuming(givingBack unused: (batch: Batch, cost: Cost)? = nil) {
        let (waiter, onDrained) = self.state.withLock { state -> (Waiter?, Settings.Notice?) in
            if let unused {
                if let waiter = state.handOver(unused.batch) { return (waiter, nil) }
                state.putBack(unused.batch, cost: unused.cost)
            }
            return (nil, state.consumed())
        }
        onDrained?()
        waiter?.resume(.more)
    }

    /// Appends a batch and resumes the waiting task; never waits.
    ///
    /// - Parameters:
    ///   - batch: The batch; ignored after `finish`.
    ///   - cost: The cost of the batch.
    /// - Returns: Whether the producer may go on.
    @inlinable
    @discardableResult
    package func push(_ batch: Batch, cost: Cost) -> Bool {
        let (mayGoOn, waiter) = self.pushing(batch, cost: cost)
        waiter?.resume(.more)
        return mayGoOn
    }

    /// Appends a batch; never waits.
    ///
    /// - Parameters:
    ///   - batch: The batch; ignored after `finish`.
    ///   - cost: The cost of the batch.
    /// - Returns: Whether the producer may go on, and the waiting task; the caller must resume it with `more`, soon.
    @inlinable
    package func pushing(_ batch: Batch, cost: Cost) -> (mayGoOn: Bool, waiter: Waiter?) {
        self.state.withLock { state in
            guard state.end == nil else { return (true, nil) }
            if let waiter = state.handOver(batch) { return (true, waiter) }
            state.append(batch, cost: cost)
            return (!state.isOverHighMark, nil)
        }
    }

    /// Ends the queue; batches that are already queued are still given out.
    ///
    /// Only the first call has an effect.
    @inlinable
    package func finish(_ error: (any Error)? = nil) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard state.end == nil else { return nil }
            state.end = .some(error)
            return state.waiter.take()
        }
        waiter?.resume(.more)
    }

    /// Ends without an error, and drops all queued batches, and batches that come or are given back later.
    package func discard() {
        let (dropped, handedOver, waiter) = self.state.withLock { state in
            let dropped = (state.queue, state.handedOver, state.waiter.take())
            (state.queue, state.head, state.handedOver) = ([], 0, nil)
            state.queued = Cost(bytes: 0, elements: 0)
            state.isOverHighMark = false
            state.isDiscarding = true
            if state.end == nil { state.end = .some(nil) }
            return dropped
        }
        waiter?.resume(.more)
        // Freed outside the lock.
        withExtendedLifetime((dropped, handedOver)) {}
    }

    /// Waits for the next batch.
    ///
    /// - Returns: A batch, the end, or the reason why there is none; a cancellation does not change the mailbox.
    @inlinable
    package func next() async -> Next {
        while true {
            switch self.takeReady() {
            case .next(let next): return next
            case .nothing(let id):
                switch await self.wait(id) {
                case .more: continue
                case .cancelled: return .cancelled
                case .busy: return .busy
                }
            }
        }
    }

    /// Takes a batch or the end without waiting.
    ///
    /// - Returns: The batch or the end, or that there is neither.
    @inlinable
    package func takeReady() -> Ready {
        let (ready, onRoom) = self.state.withLock { state -> (Ready, Settings.Notice?) in
            guard let batch = state.pop() else {
                if let end = state.end { return (.next(.finished(end)), nil) }
                state.lastWaitID += 1
                return (.nothing(state.lastWaitID), nil)
            }
            return (.next(.batch(batch)), state.comeDown())
        }
        onRoom?()
        return ready
    }

    /// Waits until there is something to take; another task may still take it first.
    ///
    /// It is compiled into the loop of each consumer, also of a user. Each async function between the two would cost,
    /// for each batch, an async frame and a check which executor to use. `EventBatchCursor.refill` repeats it, and says
    /// why.
    ///
    /// - Parameters:
    ///   - id: The id from ``takeReady()``, which found nothing.
    ///   - isolation: The isolation of the caller.
    /// - Returns: Why the wait is over.
    @inlinable
    @inline(__always)
    package func wait(_ id: WaitID, isolation: isolated (any Actor)? = #isolation) async -> Wake {
        await withTaskCancellationHandler {
            // Used, so that this closure runs on the caller's isolation too. Otherwise the task would leave it and come
            // back.
            _ = isolation
            return await withUnsafeContinuation { self.begin(id, $0) }
        } onCancel: {
            self.cancelWaiter(id)
        }
    }

    /// The part of ``wait(_:isolation:)`` that uses the continuation, for callers that need only this part.
    ///
    /// - Parameters:
    ///   - id: The id from ``takeReady()``, which found nothing.
    ///   - continuation: Resumed once; ``cancelWaiter(_:)`` resumes it early.
    ///   - isElsewhere: Whether the task runs on another thread than the producer; the code that resumes it gets this.
    @inlinable
    package func begin(
        _ id: WaitID,
        _ continuation: UnsafeContinuation<Wake, Never>,
        isElsewhere: Bool = false
    ) {
        let waiter = Waiter(id: id, continuation: continuation, isElsewhere: isElsewhere)
        let isCancelled = Task.isCancelled
        let (wake, onDrained) = self.state.withLock { state -> (Wake?, Settings.Notice?) in
            // A cancelled task always gets `cancelled`, also if another task waits by now.
            guard !isCancelled else { return (.cancelled, state.waiter == nil ? state.consumed() : nil) }
            guard state.waiter == nil else { return (.busy, nil) }
            guard !state.hasMore else { return (.more, nil) }
            state.waiter = waiter
            return (nil, state.consumed())
        }
        onDrained?()
        if let wake { return waiter.resume(wake) }
        // onCancel may have run before the continuation was stored. The flag of the task is set before onCancel runs,
        // so either onCancel or this check sees the waiter.
        if Task.isCancelled { self.cancelWaiter(waiter.id) }
    }

    /// Ends a wait, if it has not ended.
    ///
    /// - Parameter id: The id from ``takeReady()``.
    @inlinable
    package func cancelWaiter(_ id: WaitID) {
        let waiter = self.state.withLock { state in
            state.waiter?.id == id ? state.waiter.take() : nil
        }
        waiter?.resume(.cancelled)
    }
}
