import ConcurrencyPrimitives
import Tracing
import WebSocketTransport
public import WorkspaceProtocol

/// An open agent stream: what the agent says and does, and requests to it (`/api/v1/agent/stream`).
///
/// Any task may send requests, close or abort at any time. Only one task may iterate over ``events``, or over the
/// events of a turn, at a time. The stream ends when it or its client is closed, or when its connection ends. It does
/// not reconnect, and sends nothing twice. Events that came while no client was connected wait in agentctl, and are the
/// first ones of the next stream; permission requests do not come again, so call ``listPermissions(timeout:)``.
///
/// The stream keeps its client alive. Its events and turns keep the stream alive. If nothing refers to the stream in
/// one of these ways any more, it is closed, and nobody waits for the end.
public final class AgentStream: Sendable {
    let core: StreamCore<AgentStreamKind>
    let settings: AgentStreamConfiguration
    let exchange: AgentExchange
    let initialization: AgentInitialization
    let answers = AgentPermissionAnswers()
    private let owner: AgentRuntimeClient
    private var client: ClientDriver { self.owner.driver }
    /// The tracer to use now; nil if there is none.
    var tracer: (any Tracer)? { self.client.settings.configuration.activeTracer }

    init(core: StreamCore<AgentStreamKind>, kind: AgentStreamKind, owner: AgentRuntimeClient) {
        (self.core, self.owner) = (core, owner)
        (self.settings, self.exchange, self.initialization) = (kind.settings, kind.exchange, kind.initialization)
    }

    deinit { self.client.close(self.core, .closed) }

    /// The events, in the order of the wire.
    ///
    /// Reading stops at ``AgentRuntimeConfiguration/maximumQueuedEvents`` or
    /// ``AgentRuntimeConfiguration/maximumQueuedBytes``, and continues at half of it. While a request has no answer, it
    /// goes on up to ``AgentStreamConfiguration/maximumHeldBytes``.
    public var events: AgentEvents { AgentEvents(stream: self) }

    /// The current state of the stream.
    public var state: StreamState { self.client.state(of: self.core) }

    /// The counters of the stream; `events` counts messages of all kinds, also answers.
    public var statistics: StreamStatistics { self.core.statistics }

    /// The number of answers that came after their request had failed, or that belong to no request.
    ///
    /// They are dropped, and never appear among the events.
    public var lateAnswers: Int { self.exchange.lateAnswers }

    /// The round-trip time of the latest keepalive Ping of the connection; nil before its first answer.
    public var latency: Duration? { self.core.connection.latency }

    /// Whether no socket and no timer of the connection is left; for tests of the barrier.
    package var isConnectionClosed: Bool { self.core.connection.isClosed }

    // MARK: Requests

    /// Sends a request, and waits for its answer.
    ///
    /// While ``AgentStreamConfiguration/maximumPendingRequests`` have no answer, further callers wait in their order.
    /// Answers may come in any order. You may call it inside of the loop over ``events``.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - timeout: The time limit, from the call to the answer; nil means
    ///     ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: The answer, whatever it says.
    /// - Throws: ``AgentRuntimeError``; its ``AgentRuntimeError/requestCertainty`` says whether the runtime has the
    ///   request. `streamClosed` or `timedOut`: it was not sent. `deliveryUnknown`: it was sent, and no answer came.
    ///   `answerHeldBack`: nobody takes the events before the answer. `requestRefused`: the server answered with an
    ///   error. `invalidAnswer`: the answer can't be read. After a `CancellationError` it may have been sent.
    public func request<Answer>(_ request: AgentRequest<Answer>, timeout: Duration? = nil) async throws -> Answer {
        let encoder = AgentStreamEncoder()
        let metadata = RuntimeSpan.metadata(self.tracer)
        let payload = try await self.exchange.perform(
            request.action,
            within: timeout ?? self.settings.requestTimeout
        ) { encoder.encode(request, id: $0, timestamp: .now, metadata: metadata) }
        do throws(WorkspaceProtocolError) {
            return try Answer(payload: payload)
        } catch {
            throw AgentRuntimeError.invalidAnswer(request.action, error)
        }
    }

    // MARK: The end

    /// Why the stream ends; nil until a close is requested or the connection has ended.
    ///
    /// After the events have ended, it is never nil.
    public var end: StreamEnd? { self.core.drained.value ?? self.core.closeRequested.value }

    /// Closes the stream: sends queued requests, performs the closing handshake, and waits until the stream is drained.
    ///
    /// Requests without an answer fail, and handlers of requests of the server are cancelled. When it returns, no task,
    /// socket or timer of the stream is left, and the client may open another one. It is bounded like
    /// ``WorkspaceStream/close()``. You may call it inside of the loop over ``events``, but not inside of
    /// ``AgentStreamConfiguration/onServerRequest``, for which it waits.
    ///
    /// - Returns: Why the stream ended: the first cause, from either side.
    @discardableResult
    public func close() async -> StreamEnd {
        self.client.close(self.core, .closed)
        return await self.client.waitUntilDrained(self.core)
    }

    /// Closes the stream like ``close()``, in less time.
    ///
    /// - Parameter limit: See ``WorkspaceStream/close(within:)``.
    /// - Returns: See ``close()``.
    @discardableResult
    public func close(within limit: Duration) async -> StreamEnd {
        self.client.close(self.core, .closed, within: limit)
        return await self.client.waitUntilDrained(self.core, within: limit)
    }

    /// Asks the stream to close like ``close()``, and returns at once; for code that can't wait.
    ///
    /// - Parameter limit: See ``WorkspaceStream/close(within:)``; nil means
    ///   ``AgentRuntimeConfiguration/closeTimeout``.
    public func requestClose(within limit: Duration? = nil) {
        self.client.close(self.core, .closed, within: limit)
    }

    /// Drops all events from now on; call it if nobody will take them.
    public func discardEvents() { self.core.events.discard() }

    /// Aborts the stream: drops queued requests, skips the closing handshake, and waits until the stream is drained.
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
