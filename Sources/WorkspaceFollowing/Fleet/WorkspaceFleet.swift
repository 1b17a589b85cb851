public import AgentRuntime
import ConcurrencyPrimitives

/// Follows many workspaces: one sequence, one memory budget, one close.
///
/// ```swift
/// try await WorkspaceFleet.withFleet { fleet in
///     for (id, url) in workspaces {
///         try fleet.follow(id, at: StaticEndpointSource(try RuntimeEndpoint(url)))
///     }
///     for try await element in fleet.elements { print(element.workspace, element.element) }
/// }
/// ```
///
/// Each workspace has a ``WorkspaceFollower``, whose guarantee is that of docs/FOLLOWING.md. A workspace that fails, is
/// noisy, or does not answer does not hurt the others; docs/FLEET.md has the rules. Somebody must take the elements: if
/// nobody does, reading from the sockets stops. Any task may call any method at any time.
public final class WorkspaceFleet: Sendable {
    let core: FleetCore

    /// Creates a fleet without workspaces; nothing is done before the first one is followed.
    ///
    /// - Parameter configuration: How its followers behave, and how much they keep.
    /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `invalidConfiguration`.
    public convenience init(configuration: FleetConfiguration = FleetConfiguration()) throws(AgentRuntimeError) {
        try configuration.validate()
        var configuration = configuration
        configuration.follower = configuration.follower.on(configuration.follower.runtime.clock)
        self.init(configuration: configuration, environment: .real(configuration.follower.runtime))
    }

    /// Creates a fleet in another world; for tests.
    package init(configuration: FleetConfiguration, environment: FollowerEnvironment) {
        self.core = FleetCore(configuration, environment: environment)
    }

    deinit { self.core.abandon() }

    /// Creates a fleet, runs `body`, and closes the fleet before it returns.
    ///
    /// - Parameters:
    ///   - configuration: How its followers behave, and how much they keep.
    ///   - body: Uses the fleet. It must not let it escape.
    /// - Returns: The value of `body`.
    /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `invalidConfiguration`, or the error of `body`, unchanged.
    public static func withFleet<Value>(
        configuration: FleetConfiguration = FleetConfiguration(),
        _ body: (WorkspaceFleet) async throws -> Value
    ) async throws -> Value {
        let fleet = try WorkspaceFleet(configuration: configuration)
        do {
            let value = try await body(fleet)
            await fleet.close()
            return value
        } catch {
            await fleet.close()
            throw error
        }
    }

    // MARK: Workspaces

    /// Begins to follow a workspace; it returns at once.
    ///
    /// Its elements come by ``elements`` or ``batches`` of the fleet, and not by those of its follower. If its follower
    /// ends by itself, for example because its token is not accepted, the workspace stays in the list with its end,
    /// until ``unfollow(_:within:)``.
    ///
    /// - Parameters:
    ///   - workspace: The id of the workspace; any text.
    ///   - source: Says where its runtime is.
    ///   - position: Where to go on; nil begins with the first event that comes.
    /// - Returns: The follower, to look at its state and to send commands.
    /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `alreadyFollowed` or `fleetClosed`.
    @discardableResult
    public func follow(
        _ workspace: String,
        at source: any EndpointSource,
        from position: FollowerPosition? = nil
    ) throws(AgentRuntimeError) -> WorkspaceFollower {
        try self.core.follow(workspace, at: source, from: position)
    }

    /// Ends the follower of a workspace, and waits until nothing of it is left.
    ///
    /// It waits for no other workspace, and not for the consumer: elements that were received can still be taken, and
    /// the workspace may be followed again at once. Like ``WorkspaceFollower/close(within:)`` it returns in bounded
    /// time, and cancelling the task does not shorten it. It does nothing if the workspace is not followed.
    ///
    /// - Parameters:
    ///   - workspace: The id of the workspace.
    ///   - limit: The time for the closing handshake; nil means the close timeout.
    /// - Returns: What was left when the time was over; normally empty. Then the workspace stays in the list until
    ///   nothing of it is left.
    @discardableResult
    public func unfollow(_ workspace: String, within limit: Duration? = nil) async -> [FollowerWork] {
        await self.core.unfollow(workspace, within: limit)
    }

    /// The ids of the workspaces that are followed, have ended by themselves, or are being left; in the order in which
    /// they were added.
    public var workspaces: [String] { self.core.members.map(\.workspace) }

    /// The follower of a workspace; nil if it is not in the list of ``workspaces``.
    ///
    /// - Parameter workspace: The id.
    /// - Returns: The follower.
    public func follower(_ workspace: String) -> WorkspaceFollower? { self.core.follower(of: workspace) }

    // MARK: States

    /// What is known of each workspace now, in the order of ``workspaces``; it never waits.
    public var states: [FleetMemberState] { self.core.states }

    /// The file descriptors that the fleet may need with its workspaces, and how many the process may have.
    ///
    /// A dial that finds none left is tried again later, like every dial that fails.
    public var descriptors: FleetDescriptors {
        let count = self.core.state.withLock { $0.machine.count }
        return FleetDescriptors(workspaces: count, self.core.configuration.follower)
    }

    /// Waits until each workspace has got so far, except those that are being left; at once if there is none.
    ///
    /// - Parameters:
    ///   - goal: How far.
    ///   - timeout: How long to wait.
    /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `timedOut`, whose message names those that are missing and why,
    ///   and whose cause is ``FleetMissing``. If all that are missing have ended, so that waiting can't help, it throws
    ///   the code of the first of them at once. `CancellationError`.
    public func waitUntilAll(_ goal: FleetGoal, timeout: Duration) async throws {
        switch goal {
        case .live: try await self.core.waitUntilAllAreLive(timeout: timeout)
        }
    }

    // MARK: Elements

    /// The elements of all workspaces.
    public var elements: FleetElements { FleetElements(fleet: self) }

    /// The elements in batches; like ``elements``, but for workspaces with very many events.
    public var batches: FleetBatches { FleetBatches(fleet: self) }

    /// The elements of all workspaces, merged by the times that the runtimes have given to their events.
    ///
    /// It takes them in place of ``elements``.
    ///
    /// - Parameter window: How long each element is held, so that earlier ones that come later come out before it.
    /// - Returns: The elements; keep this value if you iterate more than once, because it has the elements that are held.
    public func ordered(within window: Duration) -> FleetOrdered { FleetOrdered(self, window) }

    /// Drops all elements from now on, and keeps only states and snapshots current; also of workspaces that come later.
    ///
    /// Children still get theirs. Loops over the elements end with the fleet.
    public func discardElements() { self.core.discardElements() }

    // MARK: The end

    /// Ends all followers, and waits until nothing of them is left: one barrier over all workspaces.
    ///
    /// No workspace can be added from now on. Elements that were received can still be taken; then the sequences end. It
    /// is bounded: after twice the close timeout and 2.25 s it returns in any case. Cancelling the task does not
    /// shorten it. You may call it again; every call waits.
    ///
    /// - Parameter limit: The time for the closing handshakes; nil means the close timeout.
    /// - Returns: The workspaces of which something was left when the time was over; normally empty.
    @discardableResult
    public func close(within limit: Duration? = nil) async -> [FleetRemnant] {
        self.requestClose(within: limit)
        return await self.core.waitUntilEnded(within: limit)
    }

    /// Asks the fleet to end like ``close(within:)``, and returns at once.
    ///
    /// - Parameter limit: See ``close(within:)``.
    public func requestClose(within limit: Duration? = nil) { self.core.step(.close, within: limit) }

    /// Waits until the fleet is closed, and nothing of its followers is left.
    ///
    /// - Throws: `CancellationError`; the fleet is not affected.
    public func waitUntilEnded() async throws(CancellationError) { try await self.core.ended.waitUnlessCancelled() }

    /// Whether the fleet admits no more workspaces.
    public var isClosed: Bool { self.core.state.withLock { $0.machine.isClosed } }
}

/// How far the workspaces of a fleet should get.
@nonexhaustive public enum FleetGoal: Sendable, Hashable {
    /// The connection is live: events are delivered as they come.
    case live
}

/// A workspace of which something was left when the time of a close was over.
public struct FleetRemnant: Sendable, Hashable {
    /// The id of the workspace.
    public var workspace: String
    /// What its follower still does.
    public var work: [FollowerWork]

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - workspace: See ``workspace``.
    ///   - work: See ``work``.
    public init(workspace: String, work: [FollowerWork]) { (self.workspace, self.work) = (workspace, work) }
}
