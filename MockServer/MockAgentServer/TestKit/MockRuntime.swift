import ConcurrencyPrimitives
public import WorkspaceProtocol

/// Where a ``MockRuntime`` is: what the source of an endpoint tells a client.
public struct MockAddress: Sendable, Hashable {
    /// The base URL, such as `ws://127.0.0.1:49152`; it stays the same over restarts.
    public let url: String
    /// The token that clients must send, if any.
    public let token: String?
    /// The id of the instance.
    public let instanceID: String
    /// The number of its start: 1 at first, and one more with each start and each replacement.
    public let generation: Int
}

/// One whole runtime for the tests of a manager: the mock server that runs now, at an address that stays.
///
/// ```swift
/// try await withMockRuntime { runtime in
///     let source = ClosureEndpointSource {
///         let address = runtime.address
///         let endpoint = try RuntimeEndpoint(address.url, token: address.token, instanceID: address.instanceID)
///         return FollowedEndpoint(endpoint, generation: address.generation)
///     }
///     // The manager under test follows `source`. Then its runtime is killed, and comes back:
///     try await runtime.restart()
/// }
/// ```
///
/// Any task may call any method, but ``stop()``, ``start(_:)-(MockRestart)``, ``restart(_:)`` and
/// ``replace(instanceID:)`` one at a time: two of them want the same port.
public final class MockRuntime: Sendable {
    private struct State {
        var server: MockServer
        /// What starts next; nil while the server runs.
        var successor: MockServer.Successor?
        /// Servers of deleted instances, whose streams are still open.
        var ghosts: [MockServer] = []
        var generation = 1
        var instanceID: String
    }

    private let state: Locked<State>
    private let token: String?

    private init(_ server: MockServer, instanceID: String, token: String?) {
        self.state = Locked(State(server: server, instanceID: instanceID))
        self.token = token
    }

    /// Starts a runtime; prefer ``withMockRuntime(_:_:)``, which always ends it.
    ///
    /// - Parameter configuration: The configuration of the server; without an instance id, it gets `runtime-0`.
    /// - Returns: The runtime, which already listens. Call ``end()``.
    /// - Throws: The errors of ``MockServer/start(_:)``.
    public static func start(
        _ configuration: MockServerConfiguration = MockServerConfiguration()
    ) async throws -> MockRuntime {
        var configuration = configuration
        let id = configuration.instanceID ?? "runtime-0"
        configuration.instanceID = id
        return MockRuntime(try await MockServer.start(configuration), instanceID: id, token: configuration.token)
    }

    /// The server that runs now, or the last one; another object after each start.
    public var server: MockServer { self.state.withLock { $0.server } }

    /// Where the runtime is now.
    public var address: MockAddress {
        self.state.withLock { state in
            MockAddress(
                url: state.server.url,
                token: self.token,
                instanceID: state.instanceID,
                generation: state.generation
            )
        }
    }

    // MARK: Faults

    /// Ends the socket of every connection, without a Close frame; the server goes on.
    public func abort() { self.server.abortAll() }

    /// Neither reads from the attached streams nor writes to them until ``resume()``.
    public func stall() { self.server.stallAll() }

    /// Ends ``stall()``.
    public func resume() { self.server.resumeAll() }

    /// Ends the program: all sockets end without a Close frame, and the port refuses connections until
    /// ``start(_:)-(MockRestart)``.
    public func stop() async {
        let server = self.server
        self.state.withLock { $0.successor = server.successor }
        server.abortAll()
        await server.stop()
    }

    /// Starts the program again after ``stop()``, on the same port, with its repositories and scenario; does nothing if
    /// it runs.
    ///
    /// - Parameter change: What changes; `leavesGhosts` has no effect, because nothing is left.
    /// - Throws: ``MockServerError`` with `listenFailed` if another program has taken the port.
    public func start(_ change: MockRestart = MockRestart()) async throws {
        guard let successor = self.state.withLock({ $0.successor }) else { return }
        self.began(try await successor.start(change), change)
    }

    /// Ends the program and starts it again at once, on the same port; see ``MockServer/restart(_:)``.
    ///
    /// - Parameter change: What changes.
    /// - Throws: See ``start(_:)-(MockRestart)``.
    public func restart(_ change: MockRestart = MockRestart()) async throws {
        let server = self.server
        self.state.withLock { state in
            if change.leavesGhosts { state.ghosts.append(server) }
            // If the port is lost meanwhile, it is as after a stop.
            state.successor = server.successor
        }
        self.began(try await server.restart(change), change)
    }

    /// Another instance gets the port, as when agentctl deletes one and gives its port to the next; the streams of the
    /// old one stay open as ghosts.
    ///
    /// - Parameter instanceID: The id of the new instance.
    /// - Throws: See ``start(_:)-(MockRestart)``.
    public func replace(instanceID: String) async throws {
        try await self.restart(MockRestart(instanceID: instanceID, leavesGhosts: true))
    }

    private func began(_ server: MockServer, _ change: MockRestart) {
        self.state.withLock { state in
            (state.server, state.successor) = (server, nil)
            state.generation += 1
            if let id = change.instanceID { state.instanceID = id }
        }
    }

    /// Ends the runtime and its ghosts for good; nothing of it is left when the call returns.
    public func end() async {
        let servers = self.state.withLock { [$0.server] + $0.ghosts }
        await withDiscardingTaskGroup { group in
            for server in servers { group.addTask { await server.stop() } }
        }
    }

    // MARK: Expectations

    /// Waits until this number of workspace streams is attached; see ``MockServer/waitForConnections(_:within:)``.
    ///
    /// - Parameters:
    ///   - count: The number of streams.
    ///   - limit: The limit, in real time. Default: 10 s.
    /// - Throws: See ``MockServer/waitForRequests(_:within:)``.
    public func expect(connections count: Int, within limit: Duration = .seconds(10)) async throws {
        try await self.server.waitForConnections(count, within: limit)
    }

    /// Waits until these commands have come since the last start; see ``MockServer/expect(commands:within:)``.
    ///
    /// - Parameters:
    ///   - expected: The commands, in their order.
    ///   - limit: The limit, in real time. Default: 10 s.
    /// - Throws: See ``MockServer/waitForRequests(_:within:)``.
    public func expect(
        commands expected: [WorkspaceEvent.Content],
        within limit: Duration = .seconds(10)
    ) async throws {
        try await self.server.expect(commands: expected, within: limit)
    }

    /// Waits until these requests have come since the last start; see ``MockServer/expect(requests:within:)``.
    ///
    /// - Parameters:
    ///   - expected: Method and path, in their order.
    ///   - limit: The limit, in real time. Default: 10 s.
    /// - Throws: See ``MockServer/waitForRequests(_:within:)``.
    public func expect(requests expected: [String], within limit: Duration = .seconds(10)) async throws {
        try await self.server.expect(requests: expected, within: limit)
    }

    /// Waits until these requests to the agent have come since the last start; see
    /// ``MockServer/expect(agentRequests:within:)``.
    ///
    /// - Parameters:
    ///   - expected: The actions, in their order.
    ///   - limit: The limit, in real time. Default: 10 s.
    /// - Throws: See ``MockServer/waitForRequests(_:within:)``.
    public func expect(agentRequests expected: [String], within limit: Duration = .seconds(10)) async throws {
        try await self.server.expect(agentRequests: expected, within: limit)
    }
}

/// Runs `body` with a runtime, and ends it before it returns.
///
/// - Parameters:
///   - configuration: The configuration of its server; without an instance id, it gets `runtime-0`.
///   - body: Uses the runtime. It must not let the runtime escape.
/// - Returns: The value of `body`.
/// - Throws: The errors of ``MockServer/start(_:)``, or the error of `body`, unchanged.
public func withMockRuntime<Value>(
    _ configuration: MockServerConfiguration = MockServerConfiguration(),
    _ body: (MockRuntime) async throws -> Value
) async throws -> Value {
    let runtime = try await MockRuntime.start(configuration)
    do {
        let value = try await body(runtime)
        await runtime.end()
        return value
    } catch {
        await runtime.end()
        throw error
    }
}
