// What is behind the lock of a mailbox: decides, and resumes nobody.
extension BatchMailbox {
    /// A task that waits.
    struct Waiter {
        var id: WaitID
        /// Says that there is a batch, and does not carry it: a task that waits has room for it in none of its frames,
        /// which are much of the memory of an idle connection.
        var continuation: UnsafeContinuation<Wake, Never>

        func resume(_ wake: Wake) { self.continuation.resume(returning: wake) }
    }

    /// What is behind the lock.
    struct State {
        /// A batch that was taken is nil: its memory goes with whom has it.
        var queue: [(batch: Batch?, cost: Cost)] = []
        var head = 0
        var queued = Cost(bytes: 0, elements: 0)
        var isOverHighMark = false
        /// The consumer took a batch and has not come back for the next one.
        var isConsuming = false
        /// Someone wants to know when nothing is left to consume.
        var wantsDrained = false
        var end: (any Error)??
        var waiter: Waiter?
        var lastWaitID: WaitID = 0

        mutating func pop() -> Batch? {
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

        /// For who waits already, and so on its way at once: it weighs nothing.
        ///
        /// - Returns: Who waited.
        mutating func handOver(_ batch: Batch) -> Waiter? {
            guard let waiter = self.waiter.take() else { return nil }
            // Nothing is queued: that is why it waits.
            self.queue.append((batch, Cost(bytes: 0, elements: 0)))
            self.isConsuming = true
            return waiter
        }

        mutating func putBack(_ batch: Batch, cost: Cost) {
            self.queue.insert((batch, cost), at: self.head)
            self.queued.bytes += cost.bytes
            self.queued.elements += cost.elements
        }

        /// Whether the producer, who was told to stop, may go on now.
        mutating func hasComeDown(to lowMark: Cost) -> Bool {
            guard self.isOverHighMark else { return false }
            guard self.queued.bytes <= lowMark.bytes, self.queued.elements <= lowMark.elements else { return false }
            self.isOverHighMark = false
            return true
        }

        var hasMore: Bool { self.head < self.queue.count || self.end != nil }
        var isDrained: Bool { self.head == self.queue.count && !self.isConsuming }

        /// The consumer is through with its batch.
        ///
        /// - Returns: Whether this is what someone wants to know.
        mutating func consumed() -> Bool {
            self.isConsuming = false
            guard self.wantsDrained, self.isDrained else { return false }
            self.wantsDrained = false
            return true
        }
    }
}
