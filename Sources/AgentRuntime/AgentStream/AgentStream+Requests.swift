public import WorkspaceProtocol

// One function for each action of agentctl. Their errors are those of ``AgentStream/request(_:timeout:)``. An answer
// that says that the request was not done is `requestRefused`, too.
extension AgentStream {
    /// Begins to talk to the agent (`agent.initialize`); the agent must have been started before.
    ///
    /// agentctl never answers a second one, nor the session after it. So it is refused here if a stream of this client
    /// has sent one before, unless the server refused it, or the agent's process has ended since. Another client can't
    /// be seen from here.
    ///
    /// - Parameters:
    ///   - clientName: The name of the program.
    ///   - clientVersion: Its version.
    ///   - isNewAgent: Whether the agent was started anew since the last call; then it is sent in any case.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/initializeTimeout``.
    /// - Returns: Which agent it is. The event `agent_capabilities` says what it can do.
    /// - Throws: ``AgentRuntimeError`` with `alreadyInitialized`, or the errors of ``request(_:timeout:)``.
    public func initialize(
        clientName: String,
        clientVersion: String,
        isNewAgent: Bool = false,
        timeout: Duration? = nil
    ) async throws -> AgentInitializeAnswer {
        try self.initialization.begin(isNewAgent: isNewAgent)
        do {
            let request = AgentRequest.initialize(clientName: clientName, clientVersion: clientVersion)
            let answer = try await self.request(request, timeout: timeout ?? self.settings.initializeTimeout)
            guard answer.isSuccessful else { throw AgentRuntimeError(failing: request.action, answer.error) }
            return answer
        } catch let error as AgentRuntimeError {
            // If the server may have it, a second one would never be answered.
            if error.requestCertainty != .unknown { self.initialization.wasRefused() }
            throw error
        }
    }

    /// Begins a session (`agent.session.new`).
    ///
    /// - Parameters:
    ///   - directory: The working directory.
    ///   - mcpServers: The MCP servers that the session may use.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: The session. The events `session_mode`, `session_status` and `available_commands` come after it.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func newSession(
        directory: String,
        mcpServers: [AgentMCPServer] = [],
        timeout: Duration? = nil
    ) async throws -> AgentSessionAnswer {
        try await self.session(.newSession(directory: directory, mcpServers: mcpServers), timeout)
    }

    /// Begins a session in place of the current one (`agent.session.reset`).
    ///
    /// - Parameters:
    ///   - directory: The working directory.
    ///   - mcpServers: The MCP servers that the session may use.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: The session.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func resetSession(
        directory: String,
        mcpServers: [AgentMCPServer] = [],
        timeout: Duration? = nil
    ) async throws -> AgentSessionAnswer {
        try await self.session(.resetSession(directory: directory, mcpServers: mcpServers), timeout)
    }

    /// Goes on with an older session (`agent.session.load`).
    ///
    /// - Parameters:
    ///   - sessionID: The session.
    ///   - mcpServers: The MCP servers that the session may use.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: The session.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func loadSession(
        _ sessionID: String,
        mcpServers: [AgentMCPServer] = [],
        timeout: Duration? = nil
    ) async throws -> AgentSessionAnswer {
        try await self.session(.loadSession(sessionID, mcpServers: mcpServers), timeout)
    }

    private func session(
        _ request: AgentRequest<AgentSessionAnswer>,
        _ timeout: Duration?
    ) async throws -> AgentSessionAnswer {
        let answer = try await self.request(request, timeout: timeout)
        guard answer.isSuccessful else { throw AgentRuntimeError(failing: request.action, answer.error) }
        return answer
    }

    /// Begins a turn (`agent.prompt`); returns when the server has accepted it.
    ///
    /// The server answers at once, and the turn goes on even if the stream ends. An event of the turn can come before
    /// the answer. A new prompt cancels the permission requests that wait.
    ///
    /// If it throws an ``AgentRuntimeError``, its ``AgentRuntimeError/requestCertainty`` says whether the agent has the
    /// prompt: `notSent` (send it again if you like), `unknown` (it was sent, and the stream or the time ended before
    /// the answer), or `refused`. It is never sent twice by itself.
    ///
    /// - Parameters:
    ///   - text: What the agent shall do.
    ///   - attachments: Images and files, in agentctl's form.
    ///   - generation: The number of the prompt, which the event at the end of the turn repeats; nil takes a number
    ///     that is larger than all before it.
    ///   - steers: Whether it changes the course of the turn that is under way.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: The turn, with its events.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func prompt(
        _ text: String,
        attachments: [RawJSON] = [],
        generation: Int64? = nil,
        steers: Bool = false,
        timeout: Duration? = nil
    ) async throws -> AgentTurn {
        let generation = generation ?? self.initialization.nextGeneration()
        let span = RuntimeSpan("agentctl.turn", self.tracer)
        span?.set("agentctl.prompt.generation", Int(generation))
        let turn = AgentTurn(
            generation,
            stream: self,
            firstEvent: self.core.events.receivedCount,
            span: span.map { TurnSpan($0) }
        )
        let request = AgentRequest.prompt(text, attachments: attachments, generation: generation, steers: steers)
        guard let span else {
            try await self.succeed(request, timeout)
            return turn
        }
        do {
            try await span.run { try await self.succeed(request, timeout) }
            return turn
        } catch {
            turn.takeSpan()?.fail(error)
            throw error
        }
    }

    /// Asks the agent to end the turn early (`agent.cancel`); the event `complete` comes before or after the answer.
    ///
    /// - Parameter timeout: The time limit; nil means ``AgentStreamConfiguration/cancelTimeout``.
    /// - Returns: Whether the agent has acknowledged; `acknowledged` also if no turn is under way. If no answer comes
    ///   in time, it is `notAcknowledged`.
    /// - Throws: The errors of ``request(_:timeout:)``, except `deliveryUnknown` after the time limit.
    public func cancel(timeout: Duration? = nil) async throws -> AgentCancellation {
        let answer: AgentCancelAnswer
        do {
            answer = try await self.request(.cancel(), timeout: timeout ?? self.settings.cancelTimeout)
        } catch let error as AgentRuntimeError where error.code == .deliveryUnknown && self.end == nil {
            return .notAcknowledged(error.message)
        }
        if answer.isNotAcknowledged { return .notAcknowledged(answer.error ?? "The agent did not acknowledge.") }
        guard answer.isSuccessful else { throw AgentRuntimeError(failing: .cancel, answer.error) }
        return .acknowledged
    }

    /// Reads the last lines of the agent's standard error (`agent.stderr`).
    ///
    /// - Parameter timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Returns: The lines, the oldest first; empty if the agent does not run.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func standardError(timeout: Duration? = nil) async throws -> [String] {
        try await self.request(.standardError(), timeout: timeout).lines
    }

    /// Sets the mode of a session (`agent.session.set_mode`).
    ///
    /// - Parameters:
    ///   - modeID: The mode.
    ///   - sessionID: The session.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func setMode(_ modeID: String, sessionID: String, timeout: Duration? = nil) async throws {
        try await self.succeed(.setMode(modeID, sessionID: sessionID), timeout)
    }

    /// Sets the model of a session (`agent.session.set_model`).
    ///
    /// - Parameters:
    ///   - modelID: The model.
    ///   - sessionID: The session.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func setModel(_ modelID: String, sessionID: String, timeout: Duration? = nil) async throws {
        try await self.succeed(.setModel(modelID, sessionID: sessionID), timeout)
    }

    /// Changes a setting of a session (`agent.session.set_config_option`).
    ///
    /// - Parameters:
    ///   - configID: The setting.
    ///   - value: Its new value.
    ///   - sessionID: The session.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func setConfigOption(
        _ configID: String,
        value: String,
        sessionID: String,
        timeout: Duration? = nil
    ) async throws {
        try await self.succeed(.setConfigOption(configID, value: value, sessionID: sessionID), timeout)
    }

    /// Logs the user in (`agent.session.authenticate`).
    ///
    /// - Parameters:
    ///   - methodID: How: one of the methods of `AgentCapabilities.authMethods`.
    ///   - timeout: The time limit; nil means ``AgentStreamConfiguration/requestTimeout``.
    /// - Throws: The errors of ``request(_:timeout:)``.
    public func authenticate(methodID: String, timeout: Duration? = nil) async throws {
        try await self.succeed(.authenticate(methodID: methodID), timeout)
    }

    /// Sends a request whose answer is only whether it was done.
    func succeed(_ request: AgentRequest<AgentSuccessAnswer>, _ timeout: Duration?) async throws {
        let answer = try await self.request(request, timeout: timeout)
        guard answer.isSuccessful else { throw AgentRuntimeError(failing: request.action, answer.error) }
    }
}
