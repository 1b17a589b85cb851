import AgentRuntime
import ConcurrencyPrimitives
import WebSocketTransport

// What a fleet knows of its workspaces.
extension FleetCore {
    /// The connection of a follower has changed.
    ///
    /// - Parameters:
    ///   - number: Its member.
    ///   - connection: Its new state; older ones are ignored.
    func changed(_ number: Int, _ connection: FollowerCore.Told) {
        self.wakeWatchers { state in
            guard state.followers[number] != nil, connection.version > state.connections[number]?.version ?? -1 else {
                return false
            }
            state.connections[number] = connection
            return true
        }
    }

    /// Wakes those that wait for a change.
    func wakeWatchers(after change: (inout State) -> Bool = { _ in true }) {
        let watchers = self.state.withLock { state -> [Promise<Void>] in
            guard change(&state) else { return [] }
            defer { state.watchers = [] }
            return state.watchers
        }
        for watcher in watchers { watcher.resolve(()) }
    }

    /// The states of the members, the oldest first.
    var states: [FleetMemberState] {
        let members = self.state.withLock { state in
            state.machine.members.compactMap { number in
                state.followers[number].map { ($0, state.machine.phase(of: number) == .leaving) }
            }
        }
        let descriptors = FleetDescriptors(workspaces: members.count, self.configuration.follower)
        return members.map { follower, isLeaving in
            var state = follower.core.memberState(isLeaving: isLeaving)
            if state.lastFailure?.error?.reason == .outOfResources { state.advice = descriptors.advice }
            return state
        }
    }

    /// The state of one member; nil if there is none.
    func state(of workspace: String) -> FleetMemberState? {
        let (follower, isLeaving) = self.state.withLock { state in
            guard let number = state.machine.number(of: workspace) else { return (WorkspaceFollower?.none, false) }
            return (state.followers[number], state.machine.phase(of: number) == .leaving)
        }
        return follower?.core.memberState(isLeaving: isLeaving)
    }

    /// Waits until all members are live, except those that are being left.
    ///
    /// - Throws: ``AgentRuntime/AgentRuntimeError``; `CancellationError`.
    func waitUntilAllAreLive(timeout: Duration) async throws {
        let isOver = Locked(false)
        let end = Promise<Void>()
        let timer = self.environment.timers.schedule(after: timeout) { end.resolve(()) }
        defer { timer.cancel() }
        end.whenKnown { _ in
            isOver.withLock { $0 = true }
            self.wakeWatchers()
        }
        while true {
            let change = Promise<Void>()
            // It is there only while somebody waits.
            defer { self.state.withLock { $0.watchers.removeAll { $0 === change } } }
            let (missing, gone) = self.state.withLock { state in
                state.watchers.append(change)
                return state.missing
            }
            if missing == 0 { return }
            if gone == missing || isOver.withLock({ $0 }) {
                let states = FleetMissing(states: self.states.filter { !$0.isLeaving && $0.connection != .live })
                // They may have become live just now.
                if states.states.isEmpty { return }
                throw gone == missing ? AgentRuntimeError(ended: states) : AgentRuntimeError(late: states, timeout)
            }
            try await change.waitUnlessCancelled()
        }
    }
}

extension FleetCore.State {
    /// How many members are not live, and how many of them have ended; without those that are being left.
    fileprivate var missing: (count: Int, gone: Int) {
        var (count, gone) = (0, 0)
        for number in self.machine.members where self.machine.phase(of: number) != .leaving {
            switch self.connections[number]?.state {
            case .live: break
            case .gone:
                count += 1
                gone += 1
            default: count += 1
            }
        }
        return (count, gone)
    }
}

extension AgentRuntimeError {
    fileprivate init(late missing: FleetMissing, _ timeout: Duration) {
        self.init(.timedOut, "Not live within \(timeout): \(missing.text).", cause: missing)
    }

    fileprivate init(ended missing: FleetMissing) {
        let code = missing.states.compactMap { $0.lastFailure?.error?.code }.first ?? .streamClosed
        self.init(code, "These have ended, and will not be live: \(missing.text).", cause: missing)
    }
}

extension FollowerCore {
    /// A state of the connection that the consumer is told, with a number that grows.
    struct Told: Sendable {
        var state = FollowerState.idle
        var version = 0
    }

    fileprivate func memberState(isLeaving: Bool) -> FleetMemberState {
        let now = self.environment.wall()
        let workspace = self.workspace
        var stream: (any FollowedStream)?
        var memberState = self.state.withLock { state in
            stream = state.stream
            // Not copied, because a copy would make the next change of the queue expensive.
            let counters = state.following.counters
            return FleetMemberState(
                workspace: workspace,
                connection: state.following.told.state,
                since: state.following.toldAt,
                isLeaving: isLeaving,
                failedAttempts: state.following.machine.failures,
                lastFailure: state.following.lastFailure,
                statistics: counters,
                lastEvent: counters.events > 0 ? state.following.lastEvent.local : nil,
                queuedElements: state.following.queue.count,
                queuedBytes: state.following.weight,
                isPaused: state.member?.isPaused ?? false,
                at: now
            )
        }
        memberState.roundTrip = stream?.workspaceStream?.latency
        if let errors = self.child?.errors { (memberState.childErrors, memberState.lastChildError) = errors }
        return memberState
    }
}
