public import AgentRuntime
import ConcurrencyPrimitives
public import WorkspaceProtocol

/// Follows the agent stream of one runtime for hours: it connects again when the connection is lost, and turns go on.
///
/// ```swift
/// let agent = try AgentFollower(of: source)
/// agent.start()
/// _ = try await agent.initialize(clientName: "manager", clientVersion: "1")
/// _ = try await agent.request(.newSession(directory: "/srv/ws", mcpServers: []))
/// let turn = try await agent.prompt("Fix the test")
/// for try await element in turn.elements {
///     if case .event(let event) = element, let permission = agent.permission(event) {
///         try await permission.respond(option: "allow")
///     }
/// }
/// await agent.close()
/// ```
///
/// A ``WorkspaceFollower`` has one in ``WorkspaceFollower/agent`` if ``FollowerConfiguration/agent`` is set. Let only
/// one client follow an agent: agentctl gives each event to one of them. docs/AGENT-RUNTIME.md has the rules. Any task
/// may call any method at any time.
public final class AgentFollower: Sendable {
    let core: AgentFollowerCore

    /// Creates a follower; nothing is done before ``start()``.
    ///
    /// - Parameters:
    ///   - source: Says where the runtime is.
    ///   - configuration: How to reconnect. Of ``FollowerConfiguration/recovery`` only the time limit counts, for
    ///     `agent.permissions.list`; the queue is that of ``FollowerConfiguration/runtime``.
    /// - Throws: `AgentRuntimeError` with `invalidConfiguration`.
    public convenience init(
        of source: any EndpointSource,
        configuration: FollowerConfiguration = FollowerConfiguration()
    ) throws(AgentRuntimeError) {
        try configuration.validate()
        self.init(
            of: source,
            configuration: configuration.on(configuration.runtime.clock),
            environment: .real(configuration.runtime)
        )
    }

    /// Creates a follower of the runtime of a client; it is a member of the client's barrier in every state.
    ///
    /// A close of the client ends the follower, and waits for it. ``FollowerConfiguration/runtime`` is not used.
    ///
    /// - Parameters:
    ///   - client: The client; its endpoint does not change.
    ///   - configuration: See ``init(of:configuration:)-(EndpointSource,_)``.
    /// - Throws: `AgentRuntimeError` with `invalidConfiguration`.
    public convenience init(
        of client: AgentRuntimeClient,
        configuration: FollowerConfiguration = FollowerConfiguration()
    ) throws(AgentRuntimeError) {
        try configuration.validate()
        self.init(
            of: StaticEndpointSource(client.endpoint),
            configuration: configuration.on(client.clock),
            environment: .real(sharing: client)
        )
    }

    /// Creates a follower in another world; for tests.
    package init(
        of source: any EndpointSource,
        configuration: FollowerConfiguration,
        environment: FollowerEnvironment,
        workspace: String? = nil
    ) {
        self.core = AgentFollowerCore(
            source: source,
            configuration: configuration,
            environment: environment,
            workspace: workspace
        )
    }

    deinit { self.core.requestClose() }

    /// Begins to follow; only the first call has an effect.
    public func start() { self.core.input(.start) }

    /// The elements, in their order.
    public var elements: FollowedAgentElements { FollowedAgentElements(follower: self) }

    /// Drops all elements from now on, for code that only sends requests; loops over them end with the follower.
    ///
    /// The ends of turns are not seen then: each turn ends at once, as `unseen`.
    public func discardElements() { self.core.discardElements() }

    /// The open stream, for requests; nil while there is none.
    ///
    /// It is another object after each return.
    /// Its events belong to the follower: take them from ``elements`` only.
    public var stream: AgentStream? { self.core.state.withLock { $0.current?.stream } }

    /// The endpoint that the source has named last; nil before its first answer.
    public var endpoint: FollowedEndpoint? { self.core.state.withLock { $0.endpoint } }

    // MARK: Requests

    /// Sends a request, and waits for its answer; without a connection it waits for the next one first.
    ///
    /// Nothing is sent twice: if the connection is lost after the writer has taken the request, it fails with
    /// `deliveryUnknown`.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - timeout: The time limit, from the call to the answer; nil means
    ///     `AgentStreamConfiguration.requestTimeout`.
    /// - Returns: The answer, whatever it says.
    /// - Throws: The errors of `AgentStream.request(_:timeout:)`. `timedOut` also if no connection came
    ///   in time, and `streamClosed` if the follower has ended; then nothing was sent.
    public func request<Answer>(_ request: AgentRequest<Answer>, timeout: Duration? = nil) async throws -> Answer {
        let limit = timeout ?? self.core.settings.requestTimeout
        return try await self.core.perform(request.action, within: limit) { segment, left in
            try await segment.stream.request(request, timeout: left)
        }
    }

    /// Begins to talk to the agent.
    ///
    /// See `AgentStream.initialize(clientName:clientVersion:isNewAgent:timeout:)`. The follower never
    /// does it by itself, and refuses a second one also after a return to the same instance.
    ///
    /// - Parameters:
    ///   - clientName: The name of the program.
    ///   - clientVersion: Its version.
    ///   - isNewAgent: Whether the agent was started anew since the last call; then it is sent in any case.
    ///   - timeout: The time limit; nil means `AgentStreamConfiguration.initializeTimeout`.
    /// - Returns: Which agent it is.
    /// - Throws: `AgentRuntimeError` with `alreadyInitialized`, or the errors of
    ///   ``request(_:timeout:)``.
    public func initialize(
        clientName: String,
        clientVersion: String,
        isNewAgent: Bool = false,
        timeout: Duration? = nil
    ) async throws -> AgentInitializeAnswer {
        let limit = timeout ?? self.core.settings.initializeTimeout
        return try await self.core.perform(.initialize, within: limit) { segment, left in
            try await segment.stream.initialize(
                clientName: clientName,
                clientVersion: clientVersion,
                isNewAgent: isNewAgent,
                timeout: left
            )
        }
    }

    /// Begins a turn; see `AgentStream.prompt(_:attachments:generation:steers:timeout:)`.
    ///
    /// The turn goes on if the connection is lost later: its events come on the next one. If the connection is lost
    /// before the answer, it fails with `deliveryUnknown`; then the agent may work on it, and the event at the end has
    /// the `generation`, if you gave one.
    ///
    /// - Parameters:
    ///   - text: What the agent shall do.
    ///   - attachments: Images and files, in agentctl's form.
    ///   - generation: The number of the prompt; nil takes a number that is larger than all before it.
    ///   - steers: Whether it changes the course of the turn that is under way.
    ///   - timeout: The time limit; nil means `AgentStreamConfiguration.requestTimeout`.
    /// - Returns: The turn, with its elements.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func prompt(
        _ text: String,
        attachments: [RawJSON] = [],
        generation: Int64? = nil,
        steers: Bool = false,
        timeout: Duration? = nil
    ) async throws -> FollowedAgentTurn {
        let limit = timeout ?? self.core.settings.requestTimeout
        return try await self.core.perform(.prompt, within: limit) { segment, left in
            let running = RunningTurn(
                generation: generation ?? segment.stream.nextGeneration(),
                first: .init(stream: segment.number, event: segment.stream.receivedEvents),
                ended: Promise()
            )
            // Before it is sent: its last event can be taken before its answer is here.
            self.core.begin(running)
            do {
                let turn = try await segment.stream.prompt(
                    text,
                    attachments: attachments,
                    generation: running.generation,
                    steers: steers,
                    timeout: left
                )
                if let span = turn.takeSpan() { running.ended.whenKnown { span.end($0.name) } }
            } catch {
                self.core.forget(running)
                throw error
            }
            return FollowedAgentTurn(running, of: self)
        }
    }

    /// Asks the agent to end its turn early; see `AgentStream.cancel(timeout:)`.
    ///
    /// - Parameter timeout: The time limit; nil means `AgentStreamConfiguration.cancelTimeout`.
    /// - Returns: Whether the agent has acknowledged.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func cancel(timeout: Duration? = nil) async throws -> AgentCancellation {
        let limit = timeout ?? self.core.settings.cancelTimeout
        return try await self.core.perform(.cancel, within: limit) { segment, left in
            try await segment.stream.cancel(timeout: left)
        }
    }

    /// The permission request of an event, with the way to answer it on the stream that is open now.
    ///
    /// - Parameter event: The event.
    /// - Returns: The permission request; nil if the event is another one, or no stream is open. After the return
    ///   `.permissions` has it.
    public func permission(_ event: AgentEvent) -> AgentPermission? { self.stream?.permission(event) }

    // MARK: The end

    /// Cuts a wait before the next attempt short; does nothing in other states.
    public func reconnectNow() { self.core.input(.reconnectNow) }

    /// Why the follower has ended; nil before nothing of it is left.
    public var end: FollowerEnd? { self.core.ended.value }

    /// Ends the follower in every state, and waits until nothing of it is left.
    ///
    /// It is bounded like ``WorkspaceFollower/close(within:)``. A turn of the agent goes on without a client.
    ///
    /// - Parameter limit: The time for the closing handshake; nil means the close timeout.
    /// - Returns: What was left when the time was over; normally empty.
    @discardableResult
    public func close(within limit: Duration? = nil) async -> [FollowerWork] {
        self.core.requestClose(within: limit)
        return await self.core.waitUntilEnded(within: limit)
    }

    /// Asks the follower to end like ``close(within:)``, and returns at once.
    ///
    /// - Parameter limit: See ``close(within:)``.
    public func requestClose(within limit: Duration? = nil) { self.core.requestClose(within: limit) }

    /// Waits until nothing of the follower is left.
    ///
    /// - Returns: Why it has ended.
    /// - Throws: `CancellationError`; the follower is not affected.
    public func waitUntilEnded() async throws(CancellationError) -> FollowerEnd {
        try await self.core.ended.waitUnlessCancelled()
    }

    /// What the follower is doing now; empty if nothing of it is left.
    public var work: [FollowerWork] { self.core.work }
}
