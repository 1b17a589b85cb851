import ConcurrencyPrimitives

/// The snapshots of a follower: the current one, then a new one after changes; changes that come fast are joined.
///
/// Any number of tasks may watch. It ends with the follower. It takes no elements, so something must take them: a loop
/// over them, or ``WorkspaceFollower/discardElements()``.
public struct WorkspaceSnapshots: AsyncSequence, Sendable {
    /// One snapshot.
    public typealias Element = WorkspaceSnapshot

    let follower: WorkspaceFollower

    /// Creates an independent iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(follower: self.follower) }

    /// Waits for the next change.
    public struct Iterator: AsyncIteratorProtocol {
        private let follower: WorkspaceFollower
        private var seen: Int?

        init(follower: WorkspaceFollower) { self.follower = follower }

        /// First the current snapshot, then the one after the next change.
        ///
        /// - Returns: The snapshot; nil after the one that says that the follower has ended.
        /// - Throws: `CancellationError`.
        public mutating func next() async throws(CancellationError) -> WorkspaceSnapshot? {
            while true {
                let change = Promise<Void>()
                let (snapshot, isOver) = self.follower.core.observe(change)
                if snapshot.elements != self.seen {
                    self.seen = snapshot.elements
                    return snapshot
                }
                if isOver { return nil }
                try await change.waitUnlessCancelled()
            }
        }
    }
}

extension FollowerCore {
    /// The current snapshot, and whether it is the last one.
    ///
    /// - Parameter change: Resolves at the next change.
    /// - Returns: The snapshot, and whether no other one follows.
    fileprivate func observe(_ change: Promise<Void>) -> (WorkspaceSnapshot, isLast: Bool) {
        self.state.withLock { state in
            state.observers.append(change)
            return (state.following.snapshot, state.isOver && !state.following.hasElements)
        }
    }
}
