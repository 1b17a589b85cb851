/// Why a wait for a batch is over.
@usableFromInline
package enum MailboxWake: Sendable {
    /// There is something to take.
    case more
    /// The waiting task was cancelled.
    case cancelled
    /// Another task waits.
    case busy
}

/// A queue between one producer that must not wait and one consumer that may: batches, not elements, cross it.
///
/// AsyncStream costs 0.7 to 0.95 µs per element; here an element costs nothing, and a batch one lock.
///
/// The producer is told when the queue passes its high mark and, by `onRoom`, when it is down at its low mark again.
///
/// What each batch needs is behind one lock, in one object: a stream that gets a message now and then finds none of its
/// memory in the cache, and pays for each piece that lies elsewhere.
@usableFromInline
package struct BatchMailbox<Batch: Sendable>: Sendable {
    /// What a batch weighs.
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

    /// What `next` gives.
    @usableFromInline
    package enum Next: Sendable {
        /// The oldest batch.
        case batch(Batch)
        /// Nothing will come any more; every further `next` gives the same.
        case finished((any Error)?)
        /// The waiting task was cancelled; the mailbox is as before.
        case cancelled
        /// Another task waits; there is one consumer at a time.
        case busy
    }

    /// Names a wait, so that a cancellation that comes late ends no other task's.
    @usableFromInline package typealias WaitID = UInt64

    /// What there is to take at once.
    @usableFromInline
    package enum Ready: Sendable {
        /// This.
        case next(Next)
        /// Nothing: wait, by this name.
        case nothing(WaitID)
    }

    /// Why a wait is over.
    @usableFromInline package typealias Wake = MailboxWake

    @usableFromInline let state: Locked<State>

    /// - Parameters:
    ///   - highMark: The producer should stop when either number is reached.
    ///   - lowShare: It may go on when both are at this share of the mark, 0 to 1.
    ///   - onRoom: Called by the consumer, outside the lock, when the producer may go on.
    ///   - onDrained: Called by the consumer, outside the lock, when ``notifyWhenDrained()`` asked for it.
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

    /// What is queued now.
    @inlinable package var queued: Cost { self.state.withLock { $0.queued } }

    /// Whether a task waits for a batch.
    @inlinable package var isAwaited: Bool { self.state.withLock { $0.waiter != nil } }

    /// Whether the high mark was reached and the low mark not yet again.
    @inlinable package var isOverHighMark: Bool { self.state.withLock { $0.isOverHighMark } }

    /// How far the consumer is.
    package enum Consumption: Sendable {
        /// It has come back for more than there is.
        case drained
        /// It works on what it took.
        case underWay
        /// Something is queued, and nobody works on it or waits.
        case idle
    }

    /// Asks to be told, by `onDrained`, when the consumer has come back for more than there is.
    ///
    /// - Returns: How far it is; when that is `drained`, nothing will be told.
    package func notifyWhenDrained() -> Consumption {
        self.state.withLock { state in
            state.wantsDrained = !state.isDrained
            return state.isDrained ? .drained : state.isConsuming ? .underWay : .idle
        }
    }

    /// The consumer goes away, at least for now: what it took is consumed, but for what it gives back.
    ///
    /// - Parameter unused: Goes to whom waits already, who then is the consumer, or back to the front.
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

    /// Appends a batch, and resumes who waits for it; never waits.
    ///
    /// - Parameters:
    ///   - batch: Ignored after `finish`.
    ///   - cost: What it weighs.
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
    ///   - batch: Ignored after `finish`.
    ///   - cost: What it weighs.
    /// - Returns: Whether the producer may go on, and who waited: the caller resumes it with `more`, soon.
    @inlinable
    package func pushing(_ batch: Batch, cost: Cost) -> (mayGoOn: Bool, waiter: Waiter?) {
        self.state.withLock { state in
            guard state.end == nil else { return (true, nil) }
            if let waiter = state.handOver(batch) { return (true, waiter) }
            state.append(batch, cost: cost)
            return (!state.isOverHighMark, nil)
        }
    }

    /// Says that nothing will come any more; what is queued is still given out.
    ///
    /// Only the first call counts.
    @inlinable
    package func finish(_ error: (any Error)? = nil) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard state.end == nil else { return nil }
            state.end = .some(error)
            return state.waiter.take()
        }
        waiter?.resume(.more)
    }

    /// Ends without an error, and lets go of what is queued, and of what comes or is given back later.
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
    /// - Returns: A batch, the end, or why there is none; cancellation leaves the mailbox as it was.
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

    /// Takes what there is, without waiting.
    ///
    /// - Returns: A batch or the end; or that there is neither.
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
    /// `CurrentBatch.refill` has the same, to be compiled into the loop of whom receives.
    ///
    /// - Parameters:
    ///   - id: From ``takeReady()``, which found nothing.
    ///   - isolation: The caller's.
    /// - Returns: Why the wait is over.
    @inlinable
    package func wait(_ id: WaitID, isolation: isolated (any Actor)? = #isolation) async -> Wake {
        await withTaskCancellationHandler {
            // Named, so that this is on the caller's isolation too: else it would leave it and come back.
            _ = isolation
            return await withUnsafeContinuation { self.begin(id, $0) }
        } onCancel: {
            self.cancelWaiter(id)
        }
    }

    /// What ``wait(_:isolation:)`` does with its continuation, for who has that compiled into a loop of its own.
    ///
    /// - Parameters:
    ///   - id: From ``takeReady()``, which found nothing.
    ///   - continuation: Resumed once; ``cancelWaiter(_:)`` resumes it early.
    ///   - isElsewhere: Whether the task runs on another thread than the producer; told to whom resumes it.
    @inlinable
    package func begin(
        _ id: WaitID,
        _ continuation: UnsafeContinuation<Wake, Never>,
        isElsewhere: Bool = false
    ) {
        let waiter = Waiter(id: id, continuation: continuation, isElsewhere: isElsewhere)
        let isCancelled = Task.isCancelled
        let (wake, onDrained) = self.state.withLock { state -> (Wake?, Settings.Notice?) in
            // Who was cancelled is told that, also when another task waits by now.
            guard !isCancelled else { return (.cancelled, state.waiter == nil ? state.consumed() : nil) }
            guard state.waiter == nil else { return (.busy, nil) }
            guard !state.hasMore else { return (.more, nil) }
            state.waiter = waiter
            return (nil, state.consumed())
        }
        onDrained?()
        if let wake { return waiter.resume(wake) }
        // onCancel may have run before the continuation was stored; the flag is set before it runs, so one of the two
        // sees the waiter.
        if Task.isCancelled { self.cancelWaiter(waiter.id) }
    }

    /// Ends a wait, if it is still under way.
    ///
    /// - Parameter id: From ``takeReady()``.
    @inlinable
    package func cancelWaiter(_ id: WaitID) {
        let waiter = self.state.withLock { state in
            state.waiter?.id == id ? state.waiter.take() : nil
        }
        waiter?.resume(.cancelled)
    }
}
