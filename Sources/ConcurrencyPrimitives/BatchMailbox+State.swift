// The state behind the lock of a mailbox. It makes decisions, but resumes no task.
extension BatchMailbox {
    /// A waiting task.
    @usableFromInline
    package struct Waiter: Sendable {
        @usableFromInline package let id: WaitID
        /// Says that there is a batch, and does not carry it.
        ///
        /// Otherwise each frame of a waiting task would have room for a batch, and these frames are much of the memory
        /// of an idle connection.
        @usableFromInline package let continuation: UnsafeContinuation<Wake, Never>
        /// Whether it runs on another thread than the producer.
        @usableFromInline package let isElsewhere: Bool

        @inlinable
        init(id: WaitID, continuation: UnsafeContinuation<Wake, Never>, isElsewhere: Bool) {
            (self.id, self.continuation, self.isElsewhere) = (id, continuation, isElsewhere)
        }

        /// Ends the wait; called once.
        @inlinable
        package func resume(_ wake: Wake) { self.continuation.resume(returning: wake) }
    }

    /// The constant settings, in a separate object, because most batches do not need them.
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

    /// The state behind the lock.
    @usableFromInline
    struct State: Sendable {
        @usableFromInline var waiter: Waiter?
        /// A batch for the task that waited; it comes before all queued batches, and its cost is not counted.
        @usableFromInline var handedOver: Batch?
        @usableFromInline var lastWaitID: WaitID = 0
        /// Whether the consumer took a batch and has not asked for the next one.
        @usableFromInline var isConsuming = false
        /// Whether `onDrained` must be called when nothing is left to consume.
        @usableFromInline var wantsDrained = false
        @usableFromInline var isOverHighMark = false
        /// Whether the remaining batches are dropped.
        @usableFromInline var isDiscarding = false
        @usableFromInline var head = 0
        /// The queued batches; a batch that was taken is nil, so that only its consumer keeps its memory.
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

        /// Gives a batch directly to the waiting task, if there is one.
        ///
        /// - Returns: The task that waited.
        @inlinable
        mutating func handOver(_ batch: Batch) -> Waiter? {
            guard let waiter = self.waiter.take() else { return nil }
            // The queue is empty, because the task waits.
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

        /// Whether the producer, which had to stop, may go on now.
        ///
        /// - Returns: The callback that tells the producer.
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

        /// The consumer has finished its batch.
        ///
        /// - Returns: The callback for the drained mailbox, if it was requested and nothing is left.
        @inlinable
        mutating func consumed() -> Settings.Notice? {
            self.isConsuming = false
            guard self.wantsDrained, self.isDrained else { return nil }
            self.wantsDrained = false
            return self.settings.onDrained
        }
    }
}
