import ConcurrencyPrimitives
import WebSocketTransport
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// An open workspace stream: events of one workspace in, commands out (`/api/v1/workspace/stream`).
///
/// Any task may send, ping, close or abort at any time; one task at a time iterates over ``events``. The stream lives
/// until it is closed, its client is closed, or its connection ends. Nothing reconnects it: open another one.
///
/// The stream keeps its client alive, and its ``events``, ``batches`` and ``states``, with their iterators, keep the stream alive:
/// whoever holds any of them needs nothing else. A stream that nobody holds any more in any of these ways is closed,
/// without anybody who waits for that.
public final class WorkspaceStream: Sendable {
    let core: StreamCore<WorkspaceStreamKind>
    private let owner: AgentRuntimeClient
    private var client: ClientCore { self.owner.core }

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
    /// Reading stops when ``AgentRuntimeConfiguration/maximumQueuedEvents`` or
    /// ``AgentRuntimeConfiguration/maximumQueuedBytes`` is reached, and resumes at half of it.
    public var events: WorkspaceEvents { WorkspaceEvents(stream: self) }

    /// The events, those of one read of the socket at a time: the same as ``events``, for who follows very many.
    public var batches: WorkspaceEventBatches { WorkspaceEventBatches(stream: self) }

    /// Runs tasks on the thread that reads the stream, between its reads and writes.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(stream.executor) {
    ///     for try await batch in stream.batches { … }
    /// }
    /// ```
    ///
    /// Saves waking another thread for each batch, several microseconds of processor time: worth it for tasks that do
    /// little with each event, in processes that follow hundreds of streams. Any task may be run there, also one that
    /// sends, pings or closes; cancellation and errors are the same as anywhere. A task that computes for long there
    /// holds up all streams of the event loop, their Pings included; one that blocks stops them. The event loop must
    /// outlive the task; it goes on to run tasks when the stream has ended.
    public var executor: any TaskExecutor { self.core.connection.executor ?? globalConcurrentExecutor }

    /// Where the stream is in its life.
    public var state: WorkspaceStreamState { self.client.state(of: self.core) }

    /// The states from now on: the current one at once, then every change, the last being `drained`.
    public var states: WorkspaceStreamStates { WorkspaceStreamStates(stream: self) }

    /// What the stream has counted so far.
    public var statistics: WorkspaceStreamStatistics { self.core.statistics }

    /// The round-trip time of the latest keepalive Ping of the connection, or nil before its first answer.
    public var latency: Duration? { self.core.connection.latency }

    /// How many bytes one byte of the compressed messages received stands for; nil when none was compressed.
    public var compressionRatio: Double? { self.core.connection.compressionRatio }

    /// Whether no socket and no timer of the connection is left: for tests of the barrier.
    package var isConnectionClosed: Bool { self.core.connection.isClosed }

    /// Types into the default shell of the workspace; lost without an error if there is none.
    ///
    /// Returns when the system has taken the command, or ``AgentRuntimeConfiguration/commandTimeout`` is over: a command
    /// that is still queued then is not sent. Commands of several tasks wait for each other while
    /// ``AgentRuntimeConfiguration/maximumQueuedCommands`` are queued. A close sends what is queued first.
    ///
    /// - Parameter text: Written verbatim; a carriage return is what the Enter key sends.
    /// - Throws: ``AgentRuntimeError`` with `streamClosed` or `timedOut` (it was not sent) or `deliveryUnknown` (the
    ///   runtime may have it, or get it yet, or not). `CancellationError`: it may have been sent if it was not queued here any more.
    public func sendShellInput(_ text: String) async throws {
        try await self.core.commands.send(.shellInput(text))
    }

    /// Tells the size of the terminal; agentctl accepts it without effect.
    ///
    /// - Parameters:
    ///   - columns: The width in characters, 1 or more.
    ///   - rows: The height in characters, 1 or more.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`; else as ``sendShellInput(_:)``.
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
    /// The call as a whole takes at most ``AgentRuntimeConfiguration/pingTimeout``; a ping that is still queued then is
    /// not sent. A pong carries no id: pongs answer pings in their order. One that is late answers nobody, and one that
    /// never comes costs the next ping up to a second: that long it is not sure whose the first pong is. While 64 pings
    /// are unanswered, no other is sent.
    ///
    /// - Returns: The time between them; the way through our own queues included.
    /// - Throws: ``AgentRuntimeError`` with `timedOut`; with `streamClosed` (the stream ended, and the ping was not sent) or
    ///   `deliveryUnknown` (it was sent, and the stream ended before its answer); `CancellationError`.
    public func ping() async throws -> Duration { try await self.core.ping(.ping) }

    /// Closes the stream: sends what is queued, performs the closing handshake, and waits until it is drained.
    ///
    /// When it returns, no task, socket or timer of the stream is left, and the client may open another one. Bounded
    /// by ``AgentRuntimeConfiguration/closeTimeout``, then the connection is cut; should something hold a task even so,
    /// it returns a second later and ``WorkspaceStreamEnd/leftBehind`` names the task, what it is in, and since when.
    ///
    /// Idempotent; every call returns when the stream is drained. Cancelling the task does not shorten the wait. Events
    /// that arrived can still be taken. It may be called from inside the loop over ``events``.
    ///
    /// - Returns: Why the stream ended: the first cause, whoever it was.
    @discardableResult
    public func close() async -> WorkspaceStreamEnd {
        self.client.close(self.core, .closed)
        return await self.client.waitUntilDrained(self.core)
    }

    /// Closes the stream as ``close()`` does, in less time.
    ///
    /// - Parameter limit: The time until the connection is cut, if it is still there; zero cuts it at once. A longer one
    ///   than ``AgentRuntimeConfiguration/closeTimeout`` counts as that; a close that is under way is only made shorter.
    /// - Returns: As ``close()``.
    @discardableResult
    public func close(within limit: Duration) async -> WorkspaceStreamEnd {
        self.client.close(self.core, .closed, within: limit)
        return await self.client.waitUntilDrained(self.core, within: limit)
    }

    /// Asks the stream to close, as ``close()`` does, and returns at once: for code that can't wait.
    ///
    /// From then on commands are refused; what was queued is sent, and the stream is *drained* in bounded time:
    /// ``waitUntilDrained()`` waits for that. May be called from anywhere, any number of times, also under a lock or in a
    /// `deinit`.
    ///
    /// - Parameter limit: As of ``close(within:)``; nil for ``AgentRuntimeConfiguration/closeTimeout``.
    public func requestClose(within limit: Duration? = nil) {
        #if RED_CONTROLS
        if RedControl.isActive(.streamCloseRequestLost) { return }
        #endif
        self.client.close(self.core, .closed, within: limit)
    }

    /// Says that nobody takes the events any more.
    ///
    /// Those that are queued are freed at once, those that come later as they come, and every loop over the events ends
    /// without an error. Before or after a close; the stream lives on, and commands can be sent. Without it the queue of
    /// a stream that has ended is kept, for who wants to take the rest, until nobody holds the stream any more.
    public func discardEvents() { self.core.events.discard() }

    /// Why the stream ends, as soon as a close was requested or the connection ended; nil before.
    ///
    /// When the events have ended, it is known.
    public var end: WorkspaceStreamEnd? { self.core.drained.value ?? self.core.closeRequested.value }

    /// Cuts the stream: what is queued is dropped, no closing handshake; waits until it is drained.
    ///
    /// - Returns: Why the stream ended: the first cause, whoever it was.
    @discardableResult
    public func abort() async -> WorkspaceStreamEnd {
        self.client.close(self.core, .aborted)
        return await self.client.waitUntilDrained(self.core)
    }

    /// Waits until a close was *requested* by anyone, or the connection ended; its tasks may still be leaving.
    ///
    /// - Returns: Why.
    /// - Throws: `CancellationError`; the stream is not affected.
    public func waitUntilCloseRequested() async throws(CancellationError) -> WorkspaceStreamEnd {
        try await self.core.closeRequested.waitUnlessCancelled()
    }

    /// Waits until the stream is *drained*: no task, socket or timer of it is left.
    ///
    /// - Returns: Why it ended.
    /// - Throws: `CancellationError`; the stream is not affected.
    public func waitUntilDrained() async throws(CancellationError) -> WorkspaceStreamEnd {
        try await self.core.drained.waitUnlessCancelled()
    }
}
