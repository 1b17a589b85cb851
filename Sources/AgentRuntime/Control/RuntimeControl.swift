import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport
public import WorkspaceProtocol

/// The control calls of one runtime: requests to agentctl's HTTP API on the port of an instance.
///
/// Any task may make any call at any time. At most four connections are used at once, and kept for later calls; further
/// calls wait for one, in their order. Every call has a time limit, which covers the wait, the dial and the answer. When
/// it is over, or when the task is cancelled, the connection of the call is closed.
///
/// **Errors.** Every call throws ``AgentRuntimeError``: `unauthorized`, `instanceGone`, `refused` with the status and
/// the runtime's words (``AgentRuntimeError/controlRefusal``), `connectFailed`, `notTrusted`, `connectionLost`,
/// `timedOut`, `protocolViolation`, `answerTooLarge`, `unexpectedAnswer`, `invalidConfiguration` and `clientClosed`; or
/// `CancellationError`. A call that is not idempotent throws `deliveryUnknown` in place of `connectionLost` and
/// `timedOut` if the runtime may have done it. Only an idempotent call is sent again, once, and only if the server had
/// closed the kept connection on which it was sent. Redirects are not followed: they are `refused`, with
/// ``AgentRuntimeError/redirectLocation``.
///
/// **Bounds.** The body of a success may have as many bytes as a message of the connection
/// (`AgentRuntimeConfiguration.connection.limits.maximumMessageBytes`), that of a refusal is cut after 64 KiB.
public struct RuntimeControl: Sendable {
    let caller: ControlCaller
    /// Called after a start of the agent; must not wait.
    private let onStart: @Sendable () -> Void

    init(caller: ControlCaller, onStart: @escaping @Sendable () -> Void = {}) {
        (self.caller, self.onStart) = (caller, onStart)
    }

    // MARK: The runtime

    /// Asks whether the runtime is well: `GET /health`.
    ///
    /// Idempotent.
    ///
    /// It needs no token. If the endpoint has an instance id, a port that belongs to another instance now is
    /// `instanceGone`.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Returns: The health.
    /// - Throws: See ``RuntimeControl``.
    public func health(timeout: Duration? = nil) async throws -> RuntimeHealth {
        try await self.caller.value(.get(AgentctlAPI.healthPath), timeout: timeout)
    }

    /// Asks for the health until the runtime is ready.
    ///
    /// An attempt takes at most 5 s. A runtime that can't be reached, refuses, or answers something else is asked again.
    ///
    /// - Parameters:
    ///   - limit: The time limit of all attempts together.
    ///   - interval: The pause between two attempts; the default is that of agentctl's own client.
    /// - Returns: The health.
    /// - Throws: ``AgentRuntimeError`` with `timedOut`, whose message and cause say what was seen last. Errors that time
    ///   can't change are thrown at once: `instanceGone`, `notTrusted`, `unauthorized`, `invalidConfiguration`,
    ///   `clientClosed`; `CancellationError`.
    public func waitUntilReady(
        timeout limit: Duration,
        interval: Duration = .milliseconds(500)
    ) async throws -> RuntimeHealth {
        try await self.caller.waitUntilReady(within: limit, interval: interval)
    }

    /// Asks what the agent does: `GET /api/v1/status`.
    ///
    /// Idempotent.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Returns: The status.
    /// - Throws: See ``RuntimeControl``.
    public func status(timeout: Duration? = nil) async throws -> RuntimeStatus {
        try await self.caller.value(.get(AgentctlAPI.statusPath), timeout: timeout)
    }

    /// Asks for the version, the workspace and the port: `GET /api/v1/info`.
    ///
    /// Idempotent.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Returns: The details.
    /// - Throws: See ``RuntimeControl``.
    public func info(timeout: Duration? = nil) async throws -> RuntimeDetails {
        try await self.caller.value(.get(AgentctlAPI.infoPath), timeout: timeout)
    }

    // MARK: The agent

    /// Sets the command of the agent: `POST /api/v1/agent/configure`.
    ///
    /// Not idempotent.
    ///
    /// - Parameters:
    ///   - request: The command and its environment; an empty command is `refused` with 400.
    ///   - timeout: The time limit; nil means 5 min.
    /// - Returns: The answer.
    /// - Throws: See ``RuntimeControl``; `refused` with the status 200 if the runtime says that it did not do it.
    @discardableResult
    public func configure(_ request: ConfigureAgentRequest, timeout: Duration? = nil) async throws -> AgentActionAnswer
    {
        try await self.caller.action(
            .post(AgentctlAPI.configurePath, request, isIdempotent: false, timeout: ControlRequest.longTimeout),
            timeout: timeout
        )
    }

    /// Starts the agent: `POST /api/v1/start`.
    ///
    /// From then on its agent stream can be initialized again.
    ///
    /// Not idempotent.
    ///
    /// An agent that runs already is `refused` with 500, for which ``AgentRuntimeError/retry`` says `backOff`, like for
    /// every 500. To know more, ask ``status(timeout:)``.
    ///
    /// - Parameter timeout: The time limit; nil means 5 min.
    /// - Returns: The answer, with the command that was started.
    /// - Throws: See ``configure(_:timeout:)``.
    @discardableResult
    public func start(timeout: Duration? = nil) async throws -> AgentActionAnswer {
        let answer = try await self.caller.action(
            .post(AgentctlAPI.startPath, EmptyBody(), isIdempotent: false, timeout: ControlRequest.longTimeout),
            timeout: timeout
        )
        self.onStart()
        return answer
    }

    /// Stops the agent: `POST /api/v1/stop`.
    ///
    /// Idempotent: an agent that does not run is a success.
    ///
    /// The agent stream stays open, and so do the workspace stream and the terminals.
    ///
    /// - Parameter timeout: The time limit; nil means 60 s.
    /// - Returns: The answer.
    /// - Throws: See ``configure(_:timeout:)``.
    @discardableResult
    public func stop(timeout: Duration? = nil) async throws -> AgentActionAnswer {
        try await self.caller.action(.post(AgentctlAPI.stopPath, EmptyBody(), isIdempotent: true), timeout: timeout)
    }

    // MARK: The workspace stream

    /// Sets how often the runtime looks at files and git: `POST /api/v1/workspace/poll-mode`.
    ///
    /// Idempotent.
    ///
    /// It sends no `git_status`; only a new workspace stream brings one.
    ///
    /// - Parameters:
    ///   - mode: The mode; an unknown one is `refused` with 400.
    ///   - timeout: The time limit; nil means 60 s.
    /// - Returns: The mode that is set.
    /// - Throws: See ``RuntimeControl``.
    @discardableResult
    public func setPollMode(_ mode: PollMode, timeout: Duration? = nil) async throws -> PollMode {
        let request = try ControlRequest.post(
            AgentctlAPI.pollModePath,
            PollModeBody(mode: mode),
            isIdempotent: true
        )
        let answer: PollModeBody = try await self.caller.value(request, timeout: timeout)
        return answer.mode
    }
}

/// The body `{}`.
struct EmptyBody: Encodable, Sendable {}
