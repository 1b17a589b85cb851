// What is behind the lock of a mailbox: decides, and resumes nobody.
extension BatchMailbox {
    /// A task that waits.
    @usableFromInline
    package struct Waiter: Sendable {
        @usableFromInline package let id: WaitID
        /// Says that there is a batch, and does not carry it: a task that waits has room for it in none of its frames,
        /// which are much of the memory of an idle connection.
        @usableFromInline package let continuation: UnsafeContinuation<Wake, Never>
        /// Whether it runs on another thread than the producer.
        @usableFromInline package let isElsewhere: Bool

        @inlinable
        init(id: WaitID, continuation: UnsafeContinuation<Wake, Never>, isElsewhere: Bool) {
            (self.id, self.continuation, self.isElsewhere) = (id, continuation, isElsewhere)
        }

        /// Ends the wait; once.
        @inlinable
        package func resume(_ wake: Wake) { self.continuation.resume(returning: wake) }
    }

    /// What never changes; apart, as most batches need none of it.
    @usableFromInline
    final class Settings: Sendable {
        @usableFromInline typealias Notice = @Sendable () -> Void

        @usableFromInline let highMark: Cost
        @usableFromInline let lowMark: Cost
        @usableFromInline let onRoom: Notice
        @usableFromInline let onDrained: Notice

        @inlinable
        init(highMark: Cost, lowMark: Cost, onRoom: @escaping Notice, onDrained: @escaping Notice) {
            (self.highMark, self.lowMark) = (highMark, lowMark)
            (self.onRoom, self.onDrained) = (onRoom, onDrained)
        }
    }

    /// What is behind the lock.
    @usableFromInline
    struct State: Sendable {
        @usableFromInline var waiter: Waiter?
        /// The batch for who waited and is on its way: before all that is queued, and weighs nothing.
        @usableFromInline var handedOver: Batch?
        @usableFromInline var lastWaitID: WaitID = 0
        /// The consumer took a batch and has not come back for the next one.
        @usableFromInline var isConsuming = false
        /// Someone wants to know when nothing is left to consume.
        @usableFromInline var wantsDrained = false
        @usableFromInline var isOverHighMark = false
        /// Nobody wants what is left.
        @usableFromInline var isDiscarding = false
        @usableFromInline var head = 0
        /// A batch that was taken is nil: its memory goes with whom has it.
        @usableFromInline var queue: [(batch: Batch?, cost: Cost)] = []
        @usableFromInline var end: (any Error)??
        @usableFromInline var queued = Cost(bytes: 0, elements: 0)
        @usableFromInline let settings: Settings

        @inlinable
        init(settings: Settings) { self.settings = settings }

        @inlinable
        mutating func append(_ batch: Batch, cost: Cost) {
            self.queue.append((batch, cost))
            self.weigh(cost)
            let highMark = self.settings.highMark
            if self.queued.bytes >= highMark.bytes || self.queued.elements >= highMark.elements {
                self.isOverHighMark = true
            }
        }

        @inlinable
        mutating func pop() -> Batch? {
            if let batch = self.handedOver.take() {
                self.isConsuming = true
                return batch
            }
            guard self.head < self.queue.count else { return nil }
            let cost = self.queue[self.head].cost
            let batch = self.queue[self.head].batch.take()
            self.head += 1
            if self.head == self.queue.count {
                self.queue.removeAll(keepingCapacity: self.head < 64)
                self.head = 0
            } else if self.head >= 64, self.head * 2 >= self.queue.count {
                self.queue.removeFirst(self.head)
                self.head = 0
            }
            self.queued.bytes -= cost.bytes
            self.queued.elements -= cost.elements
            self.isConsuming = true
            return batch
        }

        /// For who waits already, and so on its way at once.
        ///
        /// - Returns: Who waited.
        @inlinable
        mutating func handOver(_ batch: Batch) -> Waiter? {
            guard let waiter = self.waiter.take() else { return nil }
            // Nothing is there: that is why it waits.
            self.handedOver = batch
            self.isConsuming = true
            return waiter
        }

        @inlinable
        mutating func putBack(_ batch: Batch, cost: Cost) {
            guard !self.isDiscarding else { return }
            if let later = self.handedOver.take() {
                self.queue.insert((later, Cost(bytes: 0, elements: 0)), at: self.head)
            }
            self.queue.insert((batch, cost), at: self.head)
            self.weigh(cost)
        }

        @inlinable
        mutating func weigh(_ cost: Cost) {
            self.queued.bytes += cost.bytes
            self.queued.elements += cost.elements
        }

        /// Whether the producer, who was told to stop, may go on now.
        ///
        /// - Returns: What tells it so.
        @inlinable
        mutating func comeDown() -> Settings.Notice? {
            guard self.isOverHighMark else { return nil }
            let lowMark = self.settings.lowMark
            guard self.queued.bytes <= lowMark.bytes, self.queued.elements <= lowMark.elements else { return nil }
            self.isOverHighMark = false
            return self.settings.onRoom
        }

        @inlinable var isEmpty: Bool { self.handedOver == nil && self.head == self.queue.count }
        @inlinable var hasMore: Bool { !self.isEmpty || self.end != nil }
        @inlinable var isDrained: Bool { self.isEmpty && !self.isConsuming }

        /// The consumer is through with its batch.
        ///
        /// - Returns: What tells so, if someone wants to know that nothing is left.
        @inlinable
        mutating func consumed() -> Settings.Notice? {
            self.isConsuming = false
            guard self.wantsDrained, self.isDrained else { return nil }
            self.wantsDrained = false
            return self.settings.onDrained
        }
    }
}
