import AgentRuntime
import ConcurrencyPrimitives
import WebSocketProtocol
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Drives the follower of an agent stream; what it shares with that of a workspace stream is in ``FollowerDriver``.
final class AgentFollowerCore: FollowerDriver {
    let configuration: FollowerConfiguration
    let settings: AgentStreamConfiguration
    let source: any EndpointSource
    let environment: FollowerEnvironment
    let state: Locked<AgentFollowing>
    let ended = Promise<FollowerEnd>()
    let leftBehind = Locked<[StreamTaskReport]>([])
    let watch: FollowerWatch?

    init(
        source: any EndpointSource,
        configuration: FollowerConfiguration,
        environment: FollowerEnvironment,
        workspace: String? = nil
    ) {
        (self.source, self.configuration, self.environment) = (source, configuration, environment)
        self.settings = configuration.agent ?? AgentStreamConfiguration()
        let following = AgentFollowing(configuration, of: workspace)
        self.watch = following.watch
        self.state = Locked(following)
    }

    /// Changes the state, and wakes those who wait for it.
    private func change<Value>(_ step: (inout AgentFollowing) -> Value) -> Value {
        let (value, wake) = self.state.withLock { state in
            let value = step(&state)
            return (value, state.wake())
        }
        wake.perform()
        return value
    }

    func step(
        _ input: FollowerMachine.Input,
        ending operation: FollowerMachine.Operation?
    ) -> [FollowerMachine.Action] {
        let now = self.now
        let actions = self.change { state in
            if let operation { state.parts.forget(operation) }
            return state.step(input, now)
        }
        self.watch?.tell()
        return actions
    }

    // MARK: From the source to the stream

    func prepareAttempt() async {
        // A consumer that takes nothing must not collect the queues of ever more streams.
        while !Task.isCancelled {
            let room = Promise<Void>()
            let hasRoom = self.state.withLock { state in
                if state.hasRoom { return true }
                state.roomWaiter = room
                return false
            }
            if hasRoom { return }
            try? await room.waitUnlessCancelled()
        }
    }

    func joined(_ runtime: any FollowedRuntime, at found: FollowedEndpoint, after known: FollowedEndpoint?) {
        guard let client = (runtime as? ClientRuntime)?.client else { return }
        let old = self.state.withLock { state in
            defer { state.client = client }
            return state.client
        }
        #if RED_CONTROLS
        if RedControl.isActive(.agentInitializationForgotten) { return }
        #endif
        // agentctl never answers a second `agent.initialize`, whoever sends it.
        if let old, let known, known.isSameInstance(as: found) { client.goOn(withAgentOf: old) }
    }

    func dial(_ operation: FollowerMachine.Operation, _ runtime: any FollowedRuntime) async throws {
        guard let client = (runtime as? ClientRuntime)?.client else {
            return self.report(.lost(operation, .noRuntime), of: operation)
        }
        let stream = try await client.openAgentStream(self.settings)
        let callers = self.state.withLock { $0.opened(stream, operation) }
        self.watch?.opened(stream.connectionID)
        // Nothing like `connected` comes on this stream: it is attached when it is open.
        self.input(.attached(operation))
        self.input(.dialled(operation))
        for caller in callers { caller.resolve(()) }
        stream.whenDrained { end in
            let attachesAgain = self.state.withLock { $0.machine.attachesAgain }
            self.streamEnded(operation, FollowerFailure(endingAgent: end, attachesAgain: attachesAgain))
        }
    }

    func recover(_ operation: FollowerMachine.Operation) async {
        let stream = self.state.withLock { $0.current?.stream }
        let began = self.watchedNow
        let timeout = self.configuration.recovery.timeout
        let permissions = try? await self.tracingRecovery(.agent) {
            try await stream?.listPermissions(timeout: timeout)
        }
        let now = self.now
        let actions = self.change { state in
            state.parts.forget(operation)
            return state.finishRecovery(operation, permissions, now)
        }
        // Without an answer nothing was recovered.
        if let began, let permissions {
            self.watch?.recovered(permissions: permissions.count, self.environment.now() - began)
        }
        self.perform(actions)
    }

    func audit(_ operation: FollowerMachine.Operation) async {
        // None is planned: there is no interval.
        self.report(.audited(operation), of: operation)
    }

    func finished(_ end: FollowerEnd) {
        self.ended.resolve(end)
        self.change { state in
            state.isOver = true
        }
    }

    // MARK: The consumer

    /// Waits for what comes next.
    ///
    /// - Returns: The item; nil after the end.
    /// - Throws: ``AgentRuntimeError`` with `alreadyReceiving`; `CancellationError`.
    func nextItem() async throws -> AgentFollowing.Item? {
        enum OnNext {
            case item(AgentFollowing.Item)
            case over, busy, wait
        }
        while true {
            let waiter = Promise<Void>()
            let next = self.change { state -> OnNext in
                if let item = state.next() { return .item(item) }
                if state.isOver { return .over }
                guard state.waiter == nil else { return .busy }
                state.waiter = waiter
                return .wait
            }
            switch next {
            case .item(let item): return item
            case .over: return nil
            case .busy:
                throw AgentRuntimeError(.alreadyReceiving, "Another task iterates over the elements of this follower.")
            case .wait: break
            }
            do {
                try await waiter.waitUnlessCancelled()
            } catch {
                self.state.withLock { if $0.waiter === waiter { $0.waiter = nil } }
                throw error
            }
        }
    }

    func passed(_ segment: AgentFollowing.Segment) { self.change { $0.passed(segment) } }

    /// The consumer has taken an event.
    func took(_ event: AgentEvent, at place: AgentFollowing.Place) {
        switch event.content {
        case .complete: self.change { $0.took(.completed(event), of: event, at: place) }
        case .error: self.change { $0.took(.failed(event), of: event, at: place) }
        default: break
        }
    }

    /// A turn is about to begin.
    func begin(_ turn: RunningTurn) {
        self.change { state in
            state.turns[ObjectIdentifier(turn.ended)] = turn
            // Nobody will take its end.
            if state.isDiscarding { state.endAllTurns() }
        }
    }

    /// A turn was not begun.
    func forget(_ turn: RunningTurn) { self.state.withLock { $0.turns[ObjectIdentifier(turn.ended)] = nil } }

    func discardElements() {
        self.change { state in
            state.isDiscarding = true
            state.discard()
            // Nobody will take their ends.
            state.endAllTurns()
        }
    }

    // MARK: Requests

    /// Sends a request on the stream that is open, or on the next one.
    ///
    /// - Parameters:
    ///   - action: What is wanted, for messages.
    ///   - timeout: The time limit for the wait and the request together.
    ///   - body: Sends it on a stream, within a time. It is called again only if nothing was sent.
    /// - Returns: The value of `body`.
    /// - Throws: The error of `body`; ``AgentRuntimeError`` if no stream came; `CancellationError`.
    func perform<Value>(
        _ action: AgentAction,
        within timeout: Duration,
        _ body: (AgentFollowing.Segment, Duration) async throws -> Value
    ) async throws -> Value {
        let deadline = self.environment.now() + timeout
        var failed: AgentStream?
        while true {
            let segment = try await self.openSegment(action, after: failed, until: deadline, timeout)
            do {
                return try await body(segment, max(.milliseconds(1), deadline - self.environment.now()))
            } catch let error as AgentRuntimeError
                where error.code == .streamClosed && error.requestCertainty == .notSent
            {
                // The stream was ending, and the writer has not taken the request: another stream may.
                failed = segment.stream
            }
        }
    }

    private func openSegment(
        _ action: AgentAction,
        after failed: AgentStream?,
        until deadline: Duration,
        _ timeout: Duration
    ) async throws -> AgentFollowing.Segment {
        while true {
            let isOpen = Promise<Void>()
            let (segment, isEnding) = self.state.withLock { state -> (AgentFollowing.Segment?, Bool) in
                if let current = state.current, current.stream !== failed, current.stream.end == nil {
                    return (current, false)
                }
                guard !state.machine.isEnding else { return (nil, true) }
                state.streamWaiters[ObjectIdentifier(isOpen)] = isOpen
                return (nil, false)
            }
            if let segment { return segment }
            if isEnding { throw AgentRuntimeError.requestNotSent(action) }
            let left = deadline - self.environment.now()
            guard left > .zero else { throw AgentRuntimeError.notConnected(action, within: timeout) }
            let timer = self.environment.timers.schedule(after: left) { isOpen.resolve(()) }
            defer {
                timer.cancel()
                self.state.withLock { $0.streamWaiters[ObjectIdentifier(isOpen)] = nil }
            }
            try await isOpen.waitUnlessCancelled()
        }
    }
}

extension FollowerFailure {
    /// An agent stream has ended; nil if its client was closed, so that the follower must end, too.
    init?(endingAgent end: StreamEnd, attachesAgain: Bool) {
        self.init(ending: end, attachesAgain: attachesAgain)
        #if RED_CONTROLS
        if RedControl.isActive(.agentTakenBack) {
            self.retry = .backOff
            return
        }
        #endif
        switch end.agentClose {
        // Another client has the agent now; to come back would only take it away again.
        case .superseded: self.retry = .never
        case .offlineBudget: self.retry = .backOff
        default: break
        }
    }
}
