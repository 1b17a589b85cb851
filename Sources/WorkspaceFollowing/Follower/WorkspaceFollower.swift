public import AgentRuntime
import ConcurrencyPrimitives

/// Follows one workspace for hours: it connects again when the connection is lost, recovers what was missed, and tells
/// what it could not recover.
///
/// ```swift
/// let source = StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:41001"))
/// try await WorkspaceFollower.withFollower(of: source) { follower in
///     for try await element in follower.elements {
///         switch element {
///         case .event(let event), .recovered(let event, _): print(event.type)
///         case .gap(let gap): print("missing:", gap.scope)
///         case .connection(let state): print(state.name)
///         @unknown default: break
///         }
///     }
/// }
/// ```
///
/// docs/FOLLOWING.md has the guarantee in numbered rules, and its limits. Any task may call any method at any time.
public final class WorkspaceFollower: Sendable {
    let core: FollowerCore
    /// The follower of the agent stream of the same runtime; nil unless ``FollowerConfiguration/agent`` is set.
    ///
    /// It asks the same source, and shares the client of the runtime and the bounds of dials. It starts and ends with
    /// this follower, and ``close(within:)`` waits for it. It may end before, for example if another client takes the
    /// agent over. Take its elements, or drop them by ``AgentFollower/discardElements()``.
    public let agent: AgentFollower?

    /// Creates a follower; nothing is done before ``start()``.
    ///
    /// - Parameters:
    ///   - source: Says where the runtime is.
    ///   - configuration: How to reconnect, what to recover, how much to keep.
    ///   - position: Where to go on; nil begins with the first event that comes.
    /// - Throws: `AgentRuntimeError` with `invalidConfiguration`.
    public convenience init(
        of source: any EndpointSource,
        configuration: FollowerConfiguration = FollowerConfiguration(),
        from position: FollowerPosition? = nil
    ) throws(AgentRuntimeError) {
        try configuration.validate()
        self.init(
            of: source,
            configuration: configuration.on(configuration.runtime.clock),
            from: position,
            environment: .real(configuration.runtime)
        )
    }

    /// Creates a follower of the runtime of a client; it is a member of the client's barrier in every state.
    ///
    /// A close of the client ends the follower, and waits for it. ``FollowerConfiguration/runtime`` is not used.
    ///
    /// - Parameters:
    ///   - client: The client; its endpoint does not change.
    ///   - configuration: How to reconnect, what to recover, how much to keep.
    ///   - position: Where to go on; nil begins with the first event that comes.
    /// - Throws: `AgentRuntimeError` with `invalidConfiguration`.
    public convenience init(
        of client: AgentRuntimeClient,
        configuration: FollowerConfiguration = FollowerConfiguration(),
        from position: FollowerPosition? = nil
    ) throws(AgentRuntimeError) {
        try configuration.validate()
        self.init(
            of: StaticEndpointSource(client.endpoint),
            configuration: configuration.on(client.clock),
            from: position,
            environment: .real(sharing: client)
        )
    }

    /// Creates a follower in another world; for tests.
    package convenience init(
        of source: any EndpointSource,
        configuration: FollowerConfiguration,
        from position: FollowerPosition? = nil,
        environment: FollowerEnvironment
    ) {
        self.init(of: source, configuration: configuration, from: position, environment: environment, member: nil)
    }

    /// Creates a follower, which may belong to a fleet.
    init(
        of source: any EndpointSource,
        configuration: FollowerConfiguration,
        from position: FollowerPosition?,
        environment: FollowerEnvironment,
        member: FleetMember?
    ) {
        var environment = environment
        var shared: SharedRuntimes?
        if configuration.agent != nil {
            let runtimes = SharedRuntimes(environment.connect)
            environment = environment.sharing(runtimes)
            shared = runtimes
        }
        let core = FollowerCore(
            source: source,
            configuration: configuration,
            position: position,
            environment: environment,
            member: member
        )
        self.core = core
        self.agent = shared.map { runtimes in
            let agent = AgentFollower(
                of: source,
                configuration: configuration,
                environment: environment,
                workspace: member?.workspace
            )
            // The runtimes live as long as the two cores, and must not keep them alive.
            runtimes.whenMoved { [weak core, weak other = agent.core] in
                core?.input(.attachAgain)
                other?.input(.attachAgain)
            }
            core.ended.whenKnown { [core = agent.core] _ in core.requestClose() }
            return agent
        }
    }

    deinit { self.requestClose() }

    /// Begins to follow; only the first call has an effect.
    public func start() {
        self.core.input(.start)
        self.agent?.start()
    }

    /// Follows a workspace, runs `body`, and closes the follower before it returns.
    ///
    /// - Parameters:
    ///   - source: Says where the runtime is.
    ///   - configuration: How to reconnect, what to recover, how much to keep.
    ///   - position: Where to go on.
    ///   - body: Uses the follower. It must not let it escape.
    /// - Returns: The value of `body`.
    /// - Throws: `AgentRuntimeError` with `invalidConfiguration`, or the error of `body`, unchanged.
    public static func withFollower<Value>(
        of source: any EndpointSource,
        configuration: FollowerConfiguration = FollowerConfiguration(),
        from position: FollowerPosition? = nil,
        _ body: (WorkspaceFollower) async throws -> Value
    ) async throws -> Value {
        let follower = try WorkspaceFollower(of: source, configuration: configuration, from: position)
        follower.start()
        do {
            let value = try await body(follower)
            await follower.close()
            return value
        } catch {
            await follower.close()
            throw error
        }
    }

    // MARK: Elements and state

    /// The elements, in their order.
    public var elements: FollowedElements { FollowedElements(follower: self) }

    /// The elements in batches; like ``elements``, but for workspaces with very many events.
    public var batches: FollowedBatches { FollowedBatches(follower: self) }

    /// Drops all elements from now on, and keeps only the snapshot current; loops over the elements end with the follower.
    public func discardElements() { self.core.discardElements() }

    /// What is known of the workspace now; it never waits.
    public var snapshot: WorkspaceSnapshot { self.core.state.withLock { $0.following.snapshot } }

    /// The snapshots from now on.
    public var snapshots: WorkspaceSnapshots { WorkspaceSnapshots(follower: self) }

    /// How far the consumer has come, exact to the single element; keep it to go on from there later.
    public var position: FollowerPosition { self.core.state.withLock { $0.following.position } }

    /// The counters since the start.
    public var statistics: FollowerStatistics { self.core.state.withLock { $0.following.counters } }

    /// The endpoint that the source has named last; nil before its first answer.
    public var endpoint: FollowedEndpoint? { self.core.state.withLock { $0.following.endpoint } }

    /// The open stream, to send commands; nil while there is none.
    ///
    /// It is another object after each reconnect.
    public var stream: WorkspaceStream? { self.core.state.withLock { $0.stream }?.workspaceStream }

    /// The control calls of the runtime; nil before the source has answered, and after the end.
    public var control: RuntimeControl? { self.core.client?.control }

    // MARK: What a user can ask for

    /// Cuts a wait before the next attempt short; does nothing in other states.
    public func reconnectNow() {
        self.core.input(.reconnectNow)
        self.agent?.reconnectNow()
    }

    /// Compares what was delivered with what the runtime still has, soon; does nothing while the connection is lost.
    ///
    /// What the runtime has dropped becomes a gap, and is delivered late where the runtime has it. Without a call it
    /// happens after a pause of our reading, after a burst, and every ``RecoveryPolicy/auditInterval``.
    public func reconcile() { self.core.reconcile() }

    // MARK: The end

    /// Why the follower has ended; nil before nothing of it is left.
    public var end: FollowerEnd? {
        if let agent = self.agent, agent.end == nil { return nil }
        return self.core.ended.value
    }

    /// Ends the follower in every state, and waits until nothing of it is left.
    ///
    /// It ends a wait, a dial, a recovery or an open stream. Elements that were received can still be taken. It is
    /// bounded: after the close timeout of the runtime configuration and a second it returns in any case. Cancelling the
    /// task does not shorten it. You may call it again; every call waits.
    ///
    /// - Parameter limit: The time for the closing handshake; nil means the close timeout.
    /// - Returns: What was left when the time was over; normally empty.
    @discardableResult
    public func close(within limit: Duration? = nil) async -> [FollowerWork] {
        self.requestClose(within: limit)
        let left = await self.core.waitUntilEnded(within: limit)
        // Both end at the same time, so this is no second wait.
        return left + (await self.agent?.core.waitUntilEnded(within: limit) ?? [])
    }

    /// Asks the follower to end like ``close(within:)``, and returns at once.
    ///
    /// - Parameter limit: See ``close(within:)``.
    public func requestClose(within limit: Duration? = nil) {
        self.agent?.requestClose(within: limit)
        self.core.requestClose(within: limit)
    }

    /// Waits until nothing of the follower is left.
    ///
    /// - Returns: Why it has ended.
    /// - Throws: `CancellationError`; the follower is not affected.
    public func waitUntilEnded() async throws(CancellationError) -> FollowerEnd {
        let end = try await self.core.ended.waitUnlessCancelled()
        _ = try await self.agent?.waitUntilEnded()
        return end
    }

    /// What the follower is doing now; empty if nothing of it is left.
    public var work: [FollowerWork] { self.core.work + (self.agent?.work ?? []) }
}

/// Something that a follower is doing.
@nonexhaustive public enum FollowerWork: String, Sendable, Hashable {
    /// It asks the source of the endpoint.
    case asking
    /// It waits before the next attempt, or before the next audit.
    case waiting
    /// It waits for its turn to dial.
    case queued
    /// It dials, or has an open stream.
    case connected
    /// It asks the runtime what was missed.
    case recovering
    /// It compares what was delivered with what the runtime has.
    case auditing
    /// It closes the client of the runtime.
    case closing
    /// The code that a fleet has given it to, which takes its elements, has not returned.
    case child
}

extension FollowerCore {
    fileprivate var client: AgentRuntimeClient? {
        (self.state.withLock { $0.parts.runtime } as? ClientRuntime)?.client
    }

    func reconcile() {
        let now = self.now
        let actions = self.state.withLock { $0.following.suspect(now) }
        self.perform(actions)
    }
}

extension FollowerConfiguration {
    /// - Throws: `AgentRuntimeError` with `invalidConfiguration`.
    func validate() throws(AgentRuntimeError) {
        let checks: [(String, Bool)] = [
            ("reconnect", self.reconnect.isValid), ("recovery", self.recovery.isValid), ("queue", self.queue.isValid),
        ]
        try self.agent?.validate()
        for (name, isValid) in checks where !isValid {
            throw AgentRuntimeError(
                .invalidConfiguration,
                "Times, numbers and sizes in \(name) must be positive, and a queue may hold at most 1073741824 elements or bytes."
            )
        }
    }
}

extension ReconnectPolicy {
    fileprivate var isValid: Bool {
        self.firstRetry >= .zero && self.shortestWait > .zero && self.base > .zero
            && self.longestWait >= self.shortestWait && self.resetAfter >= .zero && self.longestRetryAfter >= .zero
            && self.maximumAttempts ?? 1 > 0 && self.maximumTime ?? .seconds(1) > .zero
    }
}

extension RecoveryPolicy {
    fileprivate var isValid: Bool {
        self.timeout > .zero && self.maximumRequests > 0 && self.statusWait >= .zero && self.maximumHeldEvents > 0
            && self.maximumHeldBytes > 0 && self.maximumCommits > 0 && self.auditInterval ?? .seconds(1) > .zero
            && self.burst > 0 && self.shortestAuditInterval > .zero
    }
}

extension FollowerQueuePolicy {
    fileprivate var isValid: Bool {
        (1...1 << 30).contains(self.maximumEvents) && (1...1 << 30).contains(self.maximumBytes)
            && self.maximumFileChanges > 0
    }
}
