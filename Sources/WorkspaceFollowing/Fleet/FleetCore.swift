import AgentRuntime
import ConcurrencyPrimitives
import WebSocketProtocol

/// Drives a ``FleetMachine``, and finds the next elements for the consumer: lock, decide, unlock, act.
@usableFromInline
final class FleetCore: Sendable {
    struct State: Sendable {
        var machine = FleetMachine()
        var reading: FleetReading
        /// The followers of the members.
        var followers: [Int: WorkspaceFollower] = [:]
        /// The followers that are not drained; also of workspaces that were left.
        var sources: [Int: FollowerCore] = [:]
        /// The states of the connections of the members.
        var connections: [Int: FollowerCore.Told] = [:]
        /// The tasks that wait for a change of them.
        var watchers: [Promise<Void>] = []
        var lastNumber = 0
        /// The waiting consumer.
        var waiter: FollowerCore.Waiter?
        var lastWaitID: UInt64 = 0
        /// The last wait that ended before it began.
        var endedWait: UInt64 = 0
        /// Whether nobody takes elements.
        var isDiscarding = false
        /// Whether nobody will take elements any more.
        var isAbandoned = false

        /// Whether no element comes any more.
        var isOver: Bool { self.machine.hasFinished && self.reading.isDrained }

        /// Takes the consumer that waits, if nothing comes any more.
        mutating func takeWaiterAtEnd() -> FollowerCore.Waiter? { self.isOver ? self.waiter.take() : nil }
    }

    let configuration: FleetConfiguration
    let environment: FollowerEnvironment
    let state: Locked<State>
    let budget: Locked<FleetBudget>
    let guaranteed: Int
    /// Resolves when the fleet is closed, and nothing of a follower is left.
    let ended = Promise<Void>()

    init(_ configuration: FleetConfiguration, environment: FollowerEnvironment) {
        (self.configuration, self.environment) = (configuration, environment)
        self.guaranteed = configuration.guaranteedBytes
        self.state = Locked(State(reading: FleetReading(quantum: configuration.quantum)))
        self.budget = Locked(
            FleetBudget(
                MemoryBudget(total: configuration.memoryBudget, guaranteed: configuration.guaranteedBytes)
            )
        )
    }

    // MARK: Members

    /// Registers a follower, and starts it.
    func follow(
        _ workspace: String,
        at source: any EndpointSource,
        from position: FollowerPosition?,
        _ child: FleetChild? = nil
    ) throws(AgentRuntimeError) -> WorkspaceFollower {
        let number = self.state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let member = FleetMember(workspace, number: number, of: self, child)
        let follower = WorkspaceFollower(
            of: source,
            configuration: self.configuration.follower,
            from: position,
            environment: self.environment,
            member: member
        )
        self.budget.withLock { $0.join(member) }
        let actions = self.state.withLock { state in
            let actions = state.machine.step(.follow(workspace, number: number))
            guard actions.contains(.start(number)) else { return actions }
            state.followers[number] = follower
            if !state.isAbandoned {
                state.sources[number] = follower.core
                if child == nil { state.reading.join(number, workspace) }
            }
            return actions
        }
        for case .refuse(let refusal) in actions {
            self.budget.withLock { $0.leave(number) }
            throw AgentRuntimeError(notFollowing: workspace, refusal)
        }
        follower.whenEnded {
            guard let child else { return self.step(.exited(number)) }
            child.ended.whenKnown { _ in self.exited(number, follower.core) }
            child.cancel()
        }
        if child == nil, self.state.withLock({ $0.isDiscarding }) { follower.discardElements() }
        self.perform(actions)
        child?.ended.whenKnown { hasReturned in
            if hasReturned { self.step(.unfollow(workspace), of: number) } else { follower.requestClose() }
        }
        child?.start(follower, self.configuration.follower.reconnect, in: self.environment)
        return follower
    }

    /// Nothing is left of a follower and its child; nobody takes its elements any more.
    private func exited(_ number: Int, _ source: FollowerCore) {
        source.discardElements()
        self.step(.exited(number))
        _ = self.state.withLock { $0.sources.removeValue(forKey: number) }
        self.budget.withLock { $0.leave(number) }
    }

    /// Lets the machine take a step, if a workspace still has this member.
    private func step(_ input: FleetMachine.Input, of number: Int) {
        let actions = self.state.withLock { state in
            state.machine.phase(of: number) == nil ? [] : state.machine.step(input)
        }
        self.perform(actions)
        self.wakeWatchers()
    }

    /// Ends the follower of a workspace, and waits in bounded time.
    ///
    /// - Returns: What is left; empty if the workspace is not followed.
    func unfollow(_ workspace: String, within limit: Duration?) async -> [FollowerWork] {
        let (number, follower, actions) = self.state.withLock { state in
            let number = state.machine.number(of: workspace)
            let follower = number.flatMap { state.followers[$0] }
            return (number, follower, state.machine.step(.unfollow(workspace)))
        }
        self.perform(actions, within: limit)
        self.wakeWatchers()
        guard let number, let follower else { return [] }
        var left = await follower.close(within: limit)
        if let child = follower.core.child, await !self.hasEnded(child, within: limit) { left.append(.child) }
        // The report of its end may still be on its way.
        if left.isEmpty { self.step(.exited(number)) }
        return left
    }

    /// Lets the machine take a step, and performs its actions.
    func step(_ input: FleetMachine.Input, within limit: Duration? = nil) {
        self.perform(self.state.withLock { $0.machine.step(input) }, within: limit)
        self.wakeWatchers()
    }

    private func perform(_ actions: [FleetMachine.Action], within limit: Duration? = nil) {
        for action in actions {
            switch action {
            case .refuse: break
            case .start(let number): self.memberFollower(number)?.start()
            case .requestClose(let number): self.memberFollower(number)?.requestClose(within: limit)
            case .forget(let number):
                // Released outside of the lock.
                _ = self.state.withLock { state in
                    state.connections[number] = nil
                    return state.followers.removeValue(forKey: number)
                }
            case .finish:
                let waiter = self.state.withLock { $0.takeWaiterAtEnd() }
                self.ended.resolve(())
                waiter?.continuation.resume(returning: .more)
            }
        }
    }

    private func memberFollower(_ number: Int) -> WorkspaceFollower? { self.state.withLock { $0.followers[number] } }

    /// The follower of a workspace; nil if it is not followed.
    func follower(of workspace: String) -> WorkspaceFollower? {
        self.state.withLock { state in state.machine.number(of: workspace).flatMap { state.followers[$0] } }
    }

    /// The members, the oldest first.
    var members: [(workspace: String, follower: WorkspaceFollower)] {
        self.state.withLock { state in
            state.machine.members.compactMap { number in
                guard let name = state.machine.workspace(of: number), let follower = state.followers[number] else {
                    return nil
                }
                return (name, follower)
            }
        }
    }

    /// Waits in bounded time until nothing is left.
    ///
    /// - Returns: What is left.
    func waitUntilEnded(within limit: Duration?) async -> [FleetRemnant] {
        let verdict = Promise<Bool>()
        self.ended.whenKnown { verdict.resolve(true) }
        let timeout = self.configuration.follower.runtime.closeTimeout
        // Each follower ends within twice this time; see ``FollowerDriver``.
        let bound = (min(limit ?? timeout, timeout) + .seconds(1)) * 2 + .milliseconds(250)
        let timer = self.environment.timers.schedule(after: bound) { verdict.resolve(false) }
        defer { timer.cancel() }
        guard await !verdict.wait() else { return [] }
        return self.members.compactMap { member in
            var work = member.follower.work
            if let child = member.follower.core.child, child.ended.value == nil { work.append(.child) }
            return work.isEmpty ? nil : FleetRemnant(workspace: member.workspace, work: work)
        }
    }

    /// Whether a child has ended; waits in bounded time.
    private func hasEnded(_ child: FleetChild, within limit: Duration?) async -> Bool {
        let verdict = Promise<Bool>()
        child.ended.whenKnown { _ in verdict.resolve(true) }
        let timeout = self.configuration.follower.runtime.closeTimeout
        let timer = self.environment.timers.schedule(after: min(limit ?? timeout, timeout)) { verdict.resolve(false) }
        defer { timer.cancel() }
        return await verdict.wait()
    }

    /// Nobody uses the fleet any more.
    func abandon() {
        self.step(.close)
        let sources = self.state.withLock { state in
            state.isAbandoned = true
            state.reading = FleetReading(quantum: 1)
            defer { state.sources = [:] }
            return state.sources
        }
        // A child takes its elements itself.
        for source in sources.values where source.child == nil { source.discardElements() }
        self.budget.withLock { $0.forgetAll() }
    }
}

extension AgentRuntimeError {
    fileprivate init(notFollowing workspace: String, _ refusal: FleetMachine.Refusal) {
        let name = PeerText(body: Array(workspace.utf8)).description
        switch refusal {
        case .closed: self.init(.fleetClosed, "The fleet is closed; \(name) is not followed.")
        case .alreadyFollowed: self.init(.alreadyFollowed, "The fleet follows \(name) already.")
        }
    }
}

extension WorkspaceFollower {
    /// Calls `use` once, when nothing of the follower is left.
    fileprivate func whenEnded(_ use: @escaping @Sendable () -> Void) {
        let agent = self.agent?.core
        self.core.ended.whenKnown { _ in
            if let agent { agent.ended.whenKnown { _ in use() } } else { use() }
        }
    }
}
