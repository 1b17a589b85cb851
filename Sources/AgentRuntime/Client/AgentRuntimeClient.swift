import WebSocketProtocol
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// The client of one agent runtime: opens its workspace stream; after ``close()`` nothing of the stream is left.
///
/// ```swift
/// try await AgentRuntimeClient.withClient(endpoint: RuntimeEndpoint("ws://127.0.0.1:41001")) { client in
///     try await client.withWorkspaceStream { stream in
///         for try await event in stream.events { print(event.type) }
///         print(stream.state)
///     }
/// }
/// ```
///
/// Any task may call any method at any time. At most one workspace stream is open at a time; two never overlap. A stream
/// keeps its client alive, so a function may make a client and return only the stream. When client and stream are both
/// released, both are closed; only ``close()`` waits for the end.
public final class AgentRuntimeClient: Sendable {
    /// Starts a task that is already registered: its name, the executor that it prefers, and what it does.
    package typealias Spawn =
        @Sendable (StreamTask, (any TaskExecutor)?, @escaping @Sendable () async -> Void) -> Void

    let driver: ClientDriver

    /// Where the runtime listens.
    public var endpoint: RuntimeEndpoint { self.driver.settings.endpoint }

    /// Creates a client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - endpoint: Where the runtime listens, with the token and the instance id.
    ///   - configuration: How to reach it, and how its streams behave.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`.
    public convenience init(
        endpoint: RuntimeEndpoint,
        configuration: AgentRuntimeConfiguration = AgentRuntimeConfiguration()
    ) throws(AgentRuntimeError) {
        try self.init(endpoint: endpoint, configuration: configuration) { _, executor, work in
            // The barrier registers the task before it starts, and every close waits for it there.
            Task(executorPreference: executor) { await work() }
        }
    }

    /// Creates a client that starts its registered tasks in another way; for tests of the barrier.
    package convenience init(
        endpoint: RuntimeEndpoint,
        configuration: AgentRuntimeConfiguration = AgentRuntimeConfiguration(),
        spawn: @escaping Spawn
    ) throws(AgentRuntimeError) {
        try configuration.validate()
        // Refuse invalid settings before anything is dialled; an empty token stands for one that is not known yet.
        let token = endpoint.credentials.mayChange ? "" : endpoint.credentials.fixedToken
        _ = try endpoint.fields(token: token, with: configuration.fields)
        let settings = ClientSettings(endpoint: endpoint, configuration: configuration)
        self.init(settings, transport: WebSocketRuntimeTransport(settings: settings), spawn: spawn)
    }

    /// Creates a client with another transport and another way to start its registered tasks; for tests.
    ///
    /// Each task is registered in the barrier before it starts, and every close waits for it there.
    package convenience init(
        endpoint: RuntimeEndpoint,
        configuration: AgentRuntimeConfiguration,
        transport: any RuntimeTransport,
        timers: (any RuntimeTimers)? = nil,
        spawn: @escaping Spawn = { _, executor, work in
            Task(executorPreference: executor) { await work() }
        }
    ) {
        let settings = ClientSettings(endpoint: endpoint, configuration: configuration)
        self.init(settings, transport: transport, timers: timers, spawn: spawn)
    }

    private init(
        _ settings: ClientSettings,
        transport: any RuntimeTransport,
        timers: (any RuntimeTimers)? = nil,
        spawn: @escaping Spawn
    ) {
        self.driver = ClientDriver(
            transport: transport,
            timers: timers ?? Self.timers(settings.configuration),
            settings: settings,
            spawn: spawn
        )
    }

    #if RED_CONTROLS
    /// Makes another client with the same core, for a mutant; a stream holds it instead of its own client.
    init(standingInFor other: AgentRuntimeClient) { self.driver = other.driver }
    #endif

    // No stream is open here, because a stream keeps its client alive.
    deinit { self.driver.requestClose() }

    /// Whether ``close()`` was called.
    public var isClosed: Bool { self.driver.isClosed }

    /// The tasks of the client that have not left: name, activity and since when; empty if nothing is left.
    public var tasks: [StreamTaskReport] { self.driver.tasks }

    /// The control calls of the runtime: agentctl's HTTP API.
    ///
    /// Calls are members of the barrier like streams: ``close()`` ends them and waits for them, ``closeStreams(within:)``
    /// lets them go on.
    public var control: RuntimeControl { self.driver.control }

    /// Opens the workspace stream.
    ///
    /// If it throws, nothing of the attempt is left. Cancelling the task cancels the attempt.
    ///
    /// If the last stream is still ending, this waits for it, at most as long as a close may take:
    /// ``AgentRuntimeConfiguration/closeTimeout`` and a second. So `alreadyOpen` means that a stream is open or is
    /// being opened, or that a task of the last stream does not end. The error names such a task.
    ///
    /// - Returns: The open stream; close it, or close the client.
    /// - Throws: ``AgentRuntimeError`` with `clientClosed`, `alreadyOpen`, `closedWhileDialling`, `unauthorized`,
    ///   `instanceGone`, `refused`, `connectFailed`, `notTrusted`, `protocolViolation` or `invalidConfiguration`;
    ///   `CancellationError`.
    public func openWorkspaceStream() async throws -> WorkspaceStream {
        let kind = WorkspaceStreamKind(self.driver.settings.configuration)
        return WorkspaceStream(core: try await self.driver.open(kind), owner: self)
    }

    /// Opens the workspace stream, runs `body` with it, and closes it before it returns.
    ///
    /// It waits for the close, which is bounded, even if `body` throws or the task is cancelled.
    ///
    /// - Parameter body: Uses the stream. It must not let the stream escape.
    /// - Returns: The value of `body`.
    /// - Throws: The errors of ``openWorkspaceStream()``, or the error of `body`, unchanged.
    public func withWorkspaceStream<Value>(
        _ body: (WorkspaceStream) async throws -> Value
    ) async throws -> Value {
        let stream = try await self.openWorkspaceStream()
        do {
            let value = try await body(stream)
            await stream.close()
            return value
        } catch {
            await stream.close()
            throw error
        }
    }

    /// Closes all streams and waits for them; the client stays open, so that you can still make control calls.
    ///
    /// It cancels the dials and closes the open streams like ``WorkspaceStream/close()``, and waits for all of them.
    /// Attempts to open a stream that began before it fail with `closedWhileDialling`. When it returns, no task, socket
    /// or timer of these streams is left. Control calls go on. You may open other streams later. Cancelling the task does
    /// not shorten the wait.
    ///
    /// - Parameter limit: See ``WorkspaceStream/close(within:)``; nil means ``AgentRuntimeConfiguration/closeTimeout``.
    /// - Returns: The tasks of streams that had not left when the time was over; normally empty.
    @discardableResult
    public func closeStreams(within limit: Duration? = nil) async -> [StreamTaskReport] {
        await self.driver.closeStreams(within: limit)
    }

    /// Closes the client and waits for everything that it started.
    ///
    /// It cancels dials and control calls, closes the open streams like ``WorkspaceStream/close()``, and waits for all
    /// of them. When it returns, no task, socket or timer of the client is left, and opening a stream or making a call
    /// fails with `clientClosed`. You may call it again; every call waits. Cancelling the task does not shorten the wait.
    ///
    /// It is bounded like ``WorkspaceStream/close()``.
    ///
    /// - Returns: The tasks that had not left when the time was over; normally empty.
    @discardableResult
    public func close() async -> [StreamTaskReport] { await self.driver.closeClient() }

    /// Closes the client like ``close()``, in less time.
    ///
    /// - Parameter limit: See ``WorkspaceStream/close(within:)``.
    /// - Returns: See ``close()``.
    @discardableResult
    public func close(within limit: Duration) async -> [StreamTaskReport] {
        await self.driver.closeClient(within: limit)
    }

    /// Closes the client and aborts its stream: drops queued commands, skips the closing handshake, and waits like
    /// ``close()``.
    ///
    /// - Returns: See ``close()``.
    @discardableResult
    public func abort() async -> [StreamTaskReport] { await self.driver.closeClient(.aborted) }

    /// Asks the client to close like ``close()``, and returns at once; for code that can't wait.
    ///
    /// When it returns, ``isClosed`` is true, no stream can be opened, and a dial or a stream has begun to end. It ends
    /// in bounded time, and ``close()`` waits for that. You may call it from anywhere and any number of times, also
    /// under a lock or in a `deinit`.
    ///
    /// - Parameter limit: See ``WorkspaceStream/close(within:)``; nil means ``AgentRuntimeConfiguration/closeTimeout``.
    public func requestClose(within limit: Duration? = nil) {
        #if RED_CONTROLS
        if RedControl.isActive(.clientCloseRequestLost) { return }
        #endif
        self.driver.requestClose(within: limit)
    }

    /// Runs `body` with a client, and always closes the client before it returns.
    ///
    /// It waits for the close, which is bounded, even if `body` throws or the task is cancelled.
    ///
    /// - Parameters:
    ///   - endpoint: Where the runtime listens.
    ///   - configuration: How to reach it, and how its streams behave.
    ///   - body: Uses the client. It must not let the client escape.
    /// - Returns: The value of `body`.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`, or the error of `body`, unchanged.
    public static func withClient<Value>(
        endpoint: RuntimeEndpoint,
        configuration: AgentRuntimeConfiguration = AgentRuntimeConfiguration(),
        _ body: (AgentRuntimeClient) async throws -> Value
    ) async throws -> Value {
        let client = try AgentRuntimeClient(endpoint: endpoint, configuration: configuration)
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }
}
