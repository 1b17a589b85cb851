import AgentRuntime
import ConcurrencyPrimitives
import NIOPosix

// The consumer's side: who has something, and whose turn it is.
extension FleetCore {
    /// A follower that is not drained.
    func follower(_ number: Int) -> FollowerCore? { self.state.withLock { $0.sources[number] } }

    /// A follower has something to take, and had nothing before.
    ///
    /// - Parameters:
    ///   - number: Its member.
    ///   - isOver: Whether nothing more comes to it.
    /// - Returns: The consumer that waits, and must be resumed.
    func ready(_ number: Int, isOver: Bool) -> FollowerCore.Waiter? {
        let (waiter, isDrained) = self.state.withLock { state -> (FollowerCore.Waiter?, Bool) in
            guard state.isDiscarding else {
                state.reading.ready(number)
                return (state.reading.hasReady ? state.waiter.take() : nil, false)
            }
            // It drops its elements, or will do so at once; only its end counts.
            guard isOver else { return (nil, false) }
            state.reading.drained(number)
            let source = state.sources.removeValue(forKey: number)
            return (state.takeWaiterAtEnd(), source != nil)
        }
        if isDrained { self.budget.withLock { $0.leave(number) } }
        return waiter
    }

    /// Drops all elements from now on, except those of children.
    func discardElements() {
        let sources = self.state.withLock { state in
            state.isDiscarding = true
            return Array(state.sources.values)
        }
        for source in sources where source.child == nil { source.discardElements() }
    }

    /// Finds the next batch.
    func take() -> FleetCursor.OnTake {
        while true {
            let turn = self.state.withLock { state -> Turn in
                while let (number, credit) = state.reading.next() {
                    if let source = state.sources[number] { return .serve(number, credit, source) }
                    state.reading.drained(number)
                }
                if state.isOver { return .over }
                state.lastWaitID += 1
                return .nothing(state.lastWaitID)
            }
            switch turn {
            case .over: return .over
            case .nothing(let id): return .nothing(id)
            case .serve(let number, let credit, let source):
                if let handed = self.serve(number, credit, source) { return .taken(handed) }
            }
        }
    }

    private enum Turn {
        case serve(Int, Int, FollowerCore)
        case over
        case nothing(UInt64)
    }

    private func serve(_ number: Int, _ credit: Int, _ source: FollowerCore) -> FleetHanded? {
        let take = source.takeForFleet(credit)
        self.state.withLock { state in
            state.reading.took(take.weight, from: number, hasMore: take.hasMore)
            guard take.isOver else { return }
            state.reading.drained(number)
            state.sources[number] = nil
        }
        if take.isOver { self.budget.withLock { $0.leave(number) } }
        return take.batch.map { FleetHanded(core: source, workspace: source.workspace, batch: $0) }
    }

    func beginWait(_ id: UInt64, _ continuation: UnsafeContinuation<MailboxWake, Never>) {
        let waiter = FollowerCore.Waiter(
            id: id,
            continuation: continuation,
            isElsewhere: MultiThreadedEventLoopGroup.currentEventLoop == nil
        )
        let isCancelled = Task.isCancelled
        let wake = self.state.withLock { state -> MailboxWake? in
            guard !isCancelled else { return .cancelled }
            guard state.waiter == nil else { return .busy }
            guard !state.reading.hasReady, !state.isOver, state.endedWait != id else { return .more }
            state.waiter = waiter
            return nil
        }
        if let wake { return continuation.resume(returning: wake) }
        // The handler of the cancellation may have run before the waiter was stored.
        if Task.isCancelled { self.cancelWait(id) }
    }

    /// Ends a wait, also one that has not begun.
    func endWait(_ id: UInt64) {
        let waiter = self.state.withLock { state -> FollowerCore.Waiter? in
            if state.waiter?.id == id { return state.waiter.take() }
            // A late call for an older wait must not hide a newer one.
            state.endedWait = max(state.endedWait, id)
            return nil
        }
        waiter?.continuation.resume(returning: .more)
    }

    func cancelWait(_ id: UInt64) {
        let waiter = self.state.withLock { state in state.waiter?.id == id ? state.waiter.take() : nil }
        waiter?.continuation.resume(returning: .cancelled)
    }

    /// - Throws: The reason why there is nothing to take.
    func check(_ wake: MailboxWake) throws {
        switch wake {
        case .more: return
        case .cancelled: throw CancellationError()
        case .busy:
            throw AgentRuntimeError(.alreadyReceiving, "Another task iterates over the elements of this fleet.")
        }
    }
}
