import AgentRuntime
public import ConcurrencyPrimitives
import NIOPosix

/// The elements of a follower, in their order; one task may iterate at a time.
///
/// It ends after `.connection(.gone)`, which says why. If nobody takes the elements, reading from the socket stops; see
/// ``FollowerQueuePolicy``. If you leave a loop, the next one gets the rest.
public struct FollowedElements: AsyncSequence, Sendable {
    /// One element.
    public typealias Element = FollowedElement

    let follower: WorkspaceFollower

    /// Creates an iterator; the elements are shared among all iterators of the follower.
    public func makeAsyncIterator() -> Iterator { Iterator(cursor: ElementCursor(self.follower)) }

    /// Waits for the next element.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let cursor: ElementCursor

        /// The next element.
        ///
        /// - Returns: The element; nil after the end.
        /// - Throws: `AgentRuntimeError` with `alreadyReceiving` if another task iterates;
        ///   `CancellationError`.
        @inlinable
        public mutating func next() async throws -> FollowedElement? { try await self.next(isolation: #isolation) }

        /// The next element, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: The element; nil after the end.
        /// - Throws: See ``next()``.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> FollowedElement? {
            while true {
                if let element = self.cursor.batch?.takeNext() { return element }
                guard try await self.cursor.refill(isolation: actor) else { return nil }
            }
        }
    }
}

@available(*, unavailable)
extension FollowedElements.Iterator: Sendable {}

/// The elements of a follower in batches, one or more at a time; the cheapest way to follow a busy workspace.
///
/// It ends, throws and is shared like ``FollowedElements``. If you leave a loop within a batch, no later loop gets the
/// rest of that batch.
public struct FollowedBatches: AsyncSequence, Sendable {
    /// One batch with at least one element.
    public typealias Element = [FollowedElement]

    let follower: WorkspaceFollower

    /// Creates an iterator; the elements are shared among all iterators of the follower.
    public func makeAsyncIterator() -> Iterator { Iterator(cursor: ElementCursor(self.follower)) }

    /// Waits for the next batch.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let cursor: ElementCursor

        /// The next batch.
        ///
        /// - Returns: At least one element; nil after the end.
        /// - Throws: See ``FollowedElements/Iterator/next()``.
        @inlinable
        public mutating func next() async throws -> [FollowedElement]? { try await self.next(isolation: #isolation) }

        /// The next batch, on the caller's isolation.
        ///
        /// - Parameter actor: The isolation of the caller.
        /// - Returns: At least one element; nil after the end.
        /// - Throws: See ``FollowedElements/Iterator/next()``.
        @inlinable
        @inline(__always)
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> [FollowedElement]?
        {
            try await self.cursor.refill(isolation: actor) ? self.cursor.batch?.takeAll() : nil
        }
    }
}

@available(*, unavailable)
extension FollowedBatches.Iterator: Sendable {}

/// The current batch of an iterator; when the iterator is released, the rest goes back.
@usableFromInline
final class ElementCursor {
    /// Keeps the follower alive while a task iterates.
    private let follower: WorkspaceFollower
    @usableFromInline let core: FollowerCore
    // Unchecked, because an iterator is not Sendable: only one task uses it.
    @exclusivity(unchecked) @usableFromInline var batch: HandedBatch?

    init(_ follower: WorkspaceFollower) { (self.follower, self.core) = (follower, follower.core) }

    deinit { if let batch = self.batch { self.core.giveBack(batch) } }

    /// Waits until there is a batch.
    ///
    /// - Parameter isolation: The isolation of the caller.
    /// - Returns: False after the end.
    /// - Throws: The reason why there is none.
    @inlinable
    @inline(__always)
    func refill(isolation: isolated (any Actor)?) async throws -> Bool {
        let core = self.core
        while true {
            switch self.takeReady() {
            case .taken: return true
            case .over: return false
            case .nothing(let id):
                let wake = await withTaskCancellationHandler {
                    _ = isolation
                    return await withUnsafeContinuation { core.beginWait(id, $0) }
                } onCancel: {
                    core.cancelWait(id)
                }
                try core.check(wake)
            }
        }
    }

    @usableFromInline
    enum OnTake {
        case taken
        case over
        case nothing(UInt64)
    }

    @usableFromInline
    func takeReady() -> OnTake {
        // The follower uses the old batch again if nobody else holds it.
        self.batch = nil
        let (outcome, batch) = self.core.take()
        self.batch = batch
        return outcome
    }
}

// The consumer's side of the queue.
extension FollowerCore {
    /// The largest batch; so a consumer holds few elements that no policy can reach any more.
    static let largestBatch = 1024

    /// Hands out the next batch.
    fileprivate func take() -> (ElementCursor.OnTake, HandedBatch?) {
        // The consumer of the fleet takes them.
        if self.isMember, self.state.withLock({ $0.isReadByFleet }) { return (.nothing(0), nil) }
        var batch: HandedBatch?
        var outcome = ElementCursor.OnTake.taken
        var freed: State.Freed?
        self.state.withLock { state in
            batch = state.following.take(Self.largestBatch)
            if batch == nil {
                if state.isOver {
                    outcome = .over
                } else {
                    state.lastWaitID += 1
                    outcome = .nothing(state.lastWaitID)
                }
            }
            if state.isAwaited { freed = state.takeFreed() }
        }
        freed?.perform()
        if self.isMember { _ = self.tellFleet() }
        return (outcome, batch)
    }

    @usableFromInline
    func beginWait(_ id: UInt64, _ continuation: UnsafeContinuation<MailboxWake, Never>) {
        let waiter = Waiter(
            id: id,
            continuation: continuation,
            isElsewhere: MultiThreadedEventLoopGroup.currentEventLoop == nil
        )
        let isCancelled = Task.isCancelled
        let wake = self.state.withLock { state -> MailboxWake? in
            guard !isCancelled else { return .cancelled }
            guard state.waiter == nil, !state.isReadByFleet else { return .busy }
            guard !state.following.hasElements, !state.isOver else { return .more }
            state.waiter = waiter
            return nil
        }
        if let wake { return continuation.resume(returning: wake) }
        // The handler of the cancellation may have run before the waiter was stored.
        if Task.isCancelled { self.cancelWait(id) }
    }

    @usableFromInline
    func cancelWait(_ id: UInt64) {
        let waiter = self.state.withLock { state in state.waiter?.id == id ? state.waiter.take() : nil }
        waiter?.continuation.resume(returning: .cancelled)
    }

    /// - Throws: The reason why there is nothing to take.
    @usableFromInline
    func check(_ wake: MailboxWake) throws {
        switch wake {
        case .more: return
        case .cancelled: throw CancellationError()
        case .busy:
            throw AgentRuntimeError(.alreadyReceiving, "Another task iterates over the elements of this follower.")
        }
    }

    func giveBack(_ batch: HandedBatch) {
        let signal = self.state.withLock { state in
            state.following.giveBack(batch)
            return state.signal()
        }
        signal?.perform()?.continuation.resume(returning: .more)
    }

    /// Drops all elements from now on; the snapshot follows them as if they were taken.
    func discardElements() {
        let (waiter, freed, signal) = self.state.withLock { state in
            state.isDiscarding = true
            // A fleet is told once more, if it has ended.
            state.isAnnounced = false
            return (state.waiter.take(), state.drop(), state.signal())
        }
        waiter?.continuation.resume(returning: .more)
        freed.perform()
        signal?.perform()?.continuation.resume(returning: .more)
    }
}
