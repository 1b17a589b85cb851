import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// The barrier of a client that has only control calls.
final class ControlBarrier: Sendable {
    private struct State {
        var isClosed = false
        var nextMember: ControlMembership.Member = 0
        var members: [ControlMembership.Member: @Sendable () -> Void] = [:]
        /// Resolved when the last member has left after the close.
        let drained = Promise<Void>()
    }

    private let state = Locked(State())

    /// Whether a close has begun.
    var isClosed: Bool { self.state.withLock { $0.isClosed } }

    /// The number of calls that have not left.
    var memberCount: Int { self.state.withLock { $0.members.count } }

    /// The membership in this barrier.
    var membership: ControlMembership {
        ControlMembership(register: { self.register($0) }, leave: { self.leave($0) })
    }

    private func register(_ cancel: @escaping @Sendable () -> Void) -> ControlMembership.Member? {
        self.state.withLock { state in
            guard !state.isClosed else { return nil }
            state.nextMember += 1
            state.members[state.nextMember] = cancel
            return state.nextMember
        }
    }

    private func leave(_ member: ControlMembership.Member) {
        let drained = self.state.withLock { state -> Promise<Void>? in
            state.members[member] = nil
            return state.isClosed && state.members.isEmpty ? state.drained : nil
        }
        drained?.resolve(())
    }

    /// Refuses later calls, ends all others and waits until they have left, also if the task is cancelled.
    ///
    /// - Parameters:
    ///   - limit: The time after which it no longer waits.
    ///   - timers: The timers to use.
    func close(within limit: Duration, _ timers: any RuntimeTimers) async {
        self.requestClose()
        #if RED_CONTROLS
        if RedControl.isActive(.closeWaitsForNoCall) { return }
        #endif
        let isOver = Promise<Void>()
        self.state.withLock { $0.drained }.whenKnown { isOver.resolve($0) }
        let timer = timers.schedule(after: limit) { isOver.resolve(()) }
        defer { timer.cancel() }
        await isOver.wait()
    }

    /// Begins the close and does not wait.
    func requestClose() {
        let (cancels, drained) = self.state.withLock { state in
            let cancels = state.isClosed ? [] : Array(state.members.values)
            state.isClosed = true
            return (cancels, state.members.isEmpty ? state.drained : nil)
        }
        drained?.resolve(())
        for cancel in cancels { cancel() }
    }
}
