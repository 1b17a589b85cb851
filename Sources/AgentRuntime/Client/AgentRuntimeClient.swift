import WebSocketProtocol
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// The client of one agent runtime: opens its workspace stream, and is the barrier behind which nothing of it is left.
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
/// Any task may call any method at any time. One stream at a time is open; two never overlap. Its stream keeps a client
/// alive: a function may make a client and return the stream alone. When nobody holds either any more, the stream is
/// closed and the client with it; only ``close()`` waits for that.
public final class AgentRuntimeClient: Sendable {
    let core: ClientCore

    /// Where the runtime listens.
    public var endpoint: RuntimeEndpoint { self.core.settings.endpoint }

    /// Creates a client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - endpoint: Where the runtime listens, with the token and the instance id it wants.
    ///   - configuration: How to reach it, and how its streams behave.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`.
    public convenience init(
        endpoint: RuntimeEndpoint,
        configuration: AgentRuntimeConfiguration = AgentRuntimeConfiguration()
    ) throws(AgentRuntimeError) {
        try self.init(endpoint: endpoint, configuration: configuration) { _, work in
            // Registered in the barrier before it is started, and awaited there by every close.
            Task { await work() }
        }
    }

    /// Creates a client that starts its registered tasks in another way: for tests of the barrier.
    package convenience init(
        endpoint: RuntimeEndpoint,
        configuration: AgentRuntimeConfiguration = AgentRuntimeConfiguration(),
        spawn: @escaping @Sendable (StreamTask, @escaping @Sendable () async -> Void) -> Void
    ) throws(AgentRuntimeError) {
        try configuration.validate()
        // Nothing is dialled with settings that can't be right.
        _ = try endpoint.fields(with: configuration.fields)
        let settings = ClientSettings(endpoint: endpoint, configuration: configuration)
        self.init(settings, transport: WebSocketRuntimeTransport(settings: settings), spawn: spawn)
    }

    /// Creates a client over another transport, with another way to start its registered tasks: for tests.
    ///
    /// Each task is registered in the barrier before it is started, and every close waits for it there.
    package convenience init(
        endpoint: RuntimeEndpoint,
        configuration: AgentRuntimeConfiguration,
        transport: any RuntimeTransport,
        timers: (any RuntimeTimers)? = nil,
        spawn: @escaping @Sendable (StreamTask, @escaping @Sendable () async -> Void) -> Void = { _, work in
            Task { await work() }
        }
    ) {
        let settings = ClientSettings(endpoint: endpoint, configuration: configuration)
        self.init(settings, transport: transport, timers: timers, spawn: spawn)
    }

    private init(
        _ settings: ClientSettings,
        transport: any RuntimeTransport,
        timers: (any RuntimeTimers)? = nil,
        spawn: @escaping ClientCore.Spawn
    ) {
        self.core = ClientCore(
            transport: transport,
            timers: timers ?? EventLoopTimers(group: settings.configuration.eventLoopGroup),
            settings: settings,
            spawn: spawn
        )
    }

    #if RED_CONTROLS
    /// What a stream would hold that does not hold its client.
    init(standingInFor other: AgentRuntimeClient) { self.core = other.core }
    #endif

    // No stream is open: that would hold the client.
    deinit { self.core.requestClose() }

    /// Whether ``close()`` was called.
    public var isClosed: Bool { self.core.isClosed }

    /// What works for the client now: each task by name, what it is in and since when; empty when nothing is left.
    public var tasks: [StreamTaskReport] { self.core.tasks }

    /// Opens the workspace stream.
    ///
    /// When it throws, nothing of the attempt is left. Cancelling the task cancels the attempt.
    ///
    /// A stream that was told to end, by whomever, or whose connection ended, may still be leaving: opening waits for
    /// it, as long as a close may take (``AgentRuntimeConfiguration/closeTimeout`` and a second). So `alreadyOpen` means
    /// that a stream is really open, or being opened; or that something holds the last one, which the error then names.
    ///
    /// - Returns: The open stream; close it, or close the client.
    /// - Throws: ``AgentRuntimeError`` with `clientClosed`, `alreadyOpen`, `closedWhileDialling`, `unauthorized`,
    ///   `instanceGone`, `refused`, `connectFailed`, `notTrusted`, `protocolViolation` or `invalidConfiguration`;
    ///   `CancellationError`.
    public func openWorkspaceStream() async throws -> WorkspaceStream {
        let kind = WorkspaceStreamKind(decodesEvents: self.core.settings.configuration.decodesEvents)
        return WorkspaceStream(core: try await self.core.open(kind), owner: self)
    }

    /// Opens the workspace stream, runs `body` with it, and closes it before returning.
    ///
    /// The close is awaited and bounded also when `body` throws or the task is cancelled.
    ///
    /// - Parameter body: Uses the stream; must not let it escape.
    /// - Returns: The value of `body`.
    /// - Throws: As ``openWorkspaceStream()``, else the error of `body`, unchanged.
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

    /// Closes the client: the barrier over all that it started.
    ///
    /// A dial in flight is cancelled, an open stream is closed as by ``WorkspaceStream/close()``, and both are waited
    /// for. When it returns, no task, socket or timer of the client is left, and opening a stream fails with
    /// `clientClosed`. Idempotent; every call waits. Cancelling the task does not shorten the wait.
    ///
    /// Bounded like ``WorkspaceStream/close()``.
    ///
    /// - Returns: What had not left when the time was over; empty, unless something holds a task.
    @discardableResult
    public func close() async -> [StreamTaskReport] { await self.core.closeClient() }

    /// Closes the client as ``close()`` does, in less time.
    ///
    /// - Parameter limit: As of ``WorkspaceStream/close(within:)``.
    /// - Returns: As ``close()``.
    @discardableResult
    public func close(within limit: Duration) async -> [StreamTaskReport] {
        await self.core.closeClient(within: limit)
    }

    /// Closes the client, and cuts its stream: what is queued is dropped, no closing handshake; waits as ``close()``.
    ///
    /// - Returns: As ``close()``.
    @discardableResult
    public func abort() async -> [StreamTaskReport] { await self.core.closeClient(.aborted) }

    /// Asks the client to close, as ``close()`` does, and returns at once: for code that can't wait.
    ///
    /// When it returns, ``isClosed`` is true, nothing can be opened any more, and a dial or a stream is on its way out:
    /// it ends in bounded time, and ``close()`` waits for that. May be called from anywhere, any number of times, also
    /// under a lock or in a `deinit`.
    ///
    /// - Parameter limit: As of ``WorkspaceStream/close(within:)``; nil for ``AgentRuntimeConfiguration/closeTimeout``.
    public func requestClose(within limit: Duration? = nil) {
        #if RED_CONTROLS
        if RedControl.isActive(.clientCloseRequestLost) { return }
        #endif
        self.core.requestClose(within: limit)
    }

    /// Runs `body` with a client, and closes the client before returning, whatever happens.
    ///
    /// The close is awaited and bounded also when `body` throws or the task is cancelled.
    ///
    /// - Parameters:
    ///   - endpoint: Where the runtime listens.
    ///   - configuration: How to reach it, and how its streams behave.
    ///   - body: Uses the client; must not let it escape.
    /// - Returns: The value of `body`.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`, else the error of `body`, unchanged.
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
