import ConcurrencyPrimitives
import WebSocketTransport
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// An open workspace stream: events of one workspace in, commands out (`/api/v1/workspace/stream`).
///
/// Any task may send, ping, close or abort at any time. Only one task may iterate over ``events`` at a time. The stream
/// ends when it or its client is closed, or when its connection ends. It does not reconnect: open another stream.
///
/// The stream keeps its client alive. Its ``events``, ``batches`` and ``states``, and their iterators, keep the stream
/// alive. If nothing refers to the stream in one of these ways any more, it is closed, and nobody waits for the end.
public final class WorkspaceStream: Sendable {
    let core: StreamCore<WorkspaceStreamKind>
    private let owner: AgentRuntimeClient
    private var client: ClientDriver { self.owner.driver }

    init(core: StreamCore<WorkspaceStreamKind>, owner: AgentRuntimeClient) {
        self.core = core
        #if RED_CONTROLS
        let owner = RedControl.isActive(.clientNotHeld) ? AgentRuntimeClient(standingInFor: owner) : owner
        #endif
        self.owner = owner
    }

    deinit { self.client.close(self.core, .closed) }

    /// The events, in the order of the wire.
    ///
    /// Reading stops at ``AgentRuntimeConfiguration/maximumQueuedEvents`` or
    /// ``AgentRuntimeConfiguration/maximumQueuedBytes``, and continues at half of it.
    public var events: WorkspaceEvents { WorkspaceEvents(stream: self) }

    /// The events in batches, one batch per read of the socket; like ``events``, but for streams with very many events.
    public var batches: WorkspaceEventBatches { WorkspaceEventBatches(stream: self) }

    /// Runs tasks on the thread that reads and writes the stream.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(stream.executor) {
    ///     for try await batch in stream.batches { … }
    /// }
    /// ```
    ///
    /// It saves waking another thread for each batch, which costs several microseconds of processor time. This helps a
    /// process that follows hundreds of streams and does little work per event. Any task may run there, even one that
    /// sends, pings or closes. Cancellation and errors work as on any other thread. A task that computes for a long
    /// time delays all streams of the event loop, and their Pings; a task that blocks stops them. The event loop must
    /// outlive the task. It continues to run tasks after the stream has ended.
    public var executor: any TaskExecutor { self.core.connection.executor ?? globalConcurrentExecutor }

    /// The current state of the stream.
    public var state: StreamState { self.client.state(of: self.core) }

    /// The states from now on: first the current state, then every change; the last one is `drained`.
    public var states: StreamStates { StreamStates(core: self.core, owner: self) }

    /// The counters of the stream.
    public var statistics: StreamStatistics { self.core.statistics }

    /// The round-trip time of the latest keepalive Ping of the connection; nil before its first answer.
    public var latency: Duration? { self.core.connection.latency }

    /// Uncompressed bytes per compressed byte of the compressed messages received; nil if there were none.
    public var compressionRatio: Double? { self.core.connection.compressionRatio }

    /// Whether no socket and no timer of the connection is left; for tests of the barrier.
    package var isConnectionClosed: Bool { self.core.connection.isClosed }

    /// Sends text to the default shell of the workspace; if there is no shell, the text is lost without an error.
    ///
    /// It returns when the system has taken the command, or after ``AgentRuntimeConfiguration/commandTimeout``; then a
    /// command that is still queued is not sent. If ``AgentRuntimeConfiguration/maximumQueuedCommands`` are queued,
    /// further senders wait. A close sends queued commands first.
    ///
    /// - Parameter text: Sent unchanged; the Enter key is a carriage return.
    /// - Throws: ``AgentRuntimeError`` with `streamClosed` or `timedOut` if it was not sent, or with `deliveryUnknown`
    ///   if the runtime may receive it or not. After a `CancellationError` it may have been sent, too.
    public func sendShellInput(_ text: String) async throws {
        try await self.core.commands.send(.shellInput(text))
    }

    /// Sends the size of the terminal; agentctl accepts it, but does not use it.
    ///
    /// - Parameters:
    ///   - columns: The width in characters, 1 or more.
    ///   - rows: The height in characters, 1 or more.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`, or the errors of ``sendShellInput(_:)``.
    public func resizeShell(columns: Int, rows: Int) async throws {
        guard columns > 0, rows > 0 else {
            throw AgentRuntimeError(
                .invalidConfiguration,
                "A terminal of \(columns) x \(rows) characters is too small."
            )
        }
        try await self.core.commands.send(.shellResize(columns: columns, rows: rows))
    }

    /// Sends agentctl's `ping` and waits for its `pong`, which also appears among the events.
    ///
    /// The whole call takes at most ``AgentRuntimeConfiguration/pingTimeout``. A ping that is still queued then is not
    /// sent. A pong has no id, so pongs answer pings in their order. A late pong answers nobody. If a pong never comes,
    /// the next ping may take up to a second longer, because it is not certain which ping its pong answers. While 64
    /// pings are unanswered, no further ping is sent.
    ///
    /// - Returns: The time from ping to pong, including the time in our own queues.
    /// - Throws: ``AgentRuntimeError`` with `timedOut`; with `streamClosed` (the stream ended, and the ping was not
    ///   sent) or `deliveryUnknown` (it was sent, and the stream ended before its answer); `CancellationError`.
    public func ping() async throws -> Duration { try await self.core.ping(.ping) }

    /// Closes the stream: sends queued commands, performs the closing handshake, and waits until the stream is drained.
    ///
    /// When it returns, no task, socket or timer of the stream is left, and the client may open another one. After
    /// ``AgentRuntimeConfiguration/closeTimeout`` the connection is aborted. If a task still runs one second later,
    /// this returns, and ``StreamEnd/leftBehind`` names the task, its activity and since when.
    ///
    /// You may call it again; every call returns when the stream is drained. Cancelling the task does not shorten the
    /// wait. You can still take events that have arrived. You may call it inside of the loop over ``events``.
    ///
    /// - Returns: Why the stream ended: the first cause, from either side.
    @discardableResult
    public func close() async -> StreamEnd {
        self.client.close(self.core, .closed)
        return await self.client.waitUntilDrained(self.core)
    }

    /// Closes the stream like ``close()``, in less time.
    ///
    /// - Parameter limit: The time after which the connection is aborted; zero aborts it at once. The limit is at most
    ///   ``AgentRuntimeConfiguration/closeTimeout``, and can only shorten a close that has begun.
    /// - Returns: See ``close()``.
    @discardableResult
    public func close(within limit: Duration) async -> StreamEnd {
        self.client.close(self.core, .closed, within: limit)
        return await self.client.waitUntilDrained(self.core, within: limit)
    }

    /// Asks the stream to close like ``close()``, and returns at once; for code that can't wait.
    ///
    /// From then on commands are refused. Queued commands are sent, and the stream is *drained* in bounded time;
    /// ``waitUntilDrained()`` waits for that. You may call it from anywhere and any number of times, also under a lock
    /// or in a `deinit`.
    ///
    /// - Parameter limit: See ``close(within:)``; nil means ``AgentRuntimeConfiguration/closeTimeout``.
    public func requestClose(within limit: Duration? = nil) {
        #if RED_CONTROLS
        if RedControl.isActive(.streamCloseRequestLost) { return }
        #endif
        self.client.close(self.core, .closed, within: limit)
    }

    /// Drops all events from now on; call it if nobody will take them.
    ///
    /// Queued events are freed at once, later ones when they come, and every loop over the events ends without an
    /// error. You may call it before or after a close. The stream stays open, and you can send commands. Without this
    /// call, the queue of a stream that has ended is kept until nothing refers to the stream, so that you can take the
    /// rest.
    public func discardEvents() { self.core.events.discard() }

    /// Why the stream ends; nil until a close is requested or the connection has ended.
    ///
    /// After the events have ended, it is never nil.
    public var end: StreamEnd? { self.core.drained.value ?? self.core.closeRequested.value }

    /// Aborts the stream: drops queued commands, skips the closing handshake, and waits until the stream is drained.
    ///
    /// - Returns: Why the stream ended: the first cause, from either side.
    @discardableResult
    public func abort() async -> StreamEnd {
        self.client.close(self.core, .aborted)
        return await self.client.waitUntilDrained(self.core)
    }

    /// Waits until a close was *requested* or the connection has ended; tasks of the stream may still run then.
    ///
    /// - Returns: Why the stream ends.
    /// - Throws: `CancellationError`; the stream is not affected.
    public func waitUntilCloseRequested() async throws(CancellationError) -> StreamEnd {
        try await self.core.closeRequested.waitUnlessCancelled()
    }

    /// Waits until the stream is *drained*: no task, socket or timer of it is left.
    ///
    /// - Returns: Why the stream ended.
    /// - Throws: `CancellationError`; the stream is not affected.
    public func waitUntilDrained() async throws(CancellationError) -> StreamEnd {
        try await self.core.drained.waitUnlessCancelled()
    }
}
