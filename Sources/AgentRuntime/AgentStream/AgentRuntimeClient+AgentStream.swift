import WebSocketProtocol

extension AgentRuntimeClient {
    /// Opens the agent stream (`/api/v1/agent/stream`); it may be open together with the workspace stream.
    ///
    /// **Only one client should have it open.** agentctl gives each event to one of the connected clients, so two
    /// clients get about half of the events each. It does not tell either of them. Within this client a second one is
    /// refused.
    ///
    /// It needs no running agent: the agent is started by the control API, and the stream stays open when it stops.
    /// If it throws, nothing of the attempt is left. Cancelling the task cancels the attempt. If the last agent stream
    /// is still ending, this waits for it, like ``openWorkspaceStream()``.
    ///
    /// - Parameter configuration: Its time limits and bounds, and who answers the requests of the server.
    /// - Returns: The open stream; close it, or close the client.
    /// - Throws: The errors of ``openWorkspaceStream()``; `CancellationError`.
    public func openAgentStream(
        _ configuration: AgentStreamConfiguration = AgentStreamConfiguration()
    ) async throws -> AgentStream {
        try configuration.validate()
        let kind = AgentStreamKind(
            configuration,
            timers: self.driver.timers,
            initialization: self.driver.initialization
        )
        return AgentStream(core: try await self.driver.open(kind), kind: kind, owner: self)
    }

    /// Opens the agent stream, runs `body` with it, and closes it before it returns.
    ///
    /// It waits for the close, which is bounded, even if `body` throws or the task is cancelled.
    ///
    /// - Parameters:
    ///   - configuration: Its time limits and bounds, and who answers the requests of the server.
    ///   - body: Uses the stream. It must not let the stream escape.
    /// - Returns: The value of `body`.
    /// - Throws: The errors of ``openAgentStream(_:)``, or the error of `body`, unchanged.
    public func withAgentStream<Value>(
        _ configuration: AgentStreamConfiguration = AgentStreamConfiguration(),
        _ body: (AgentStream) async throws -> Value
    ) async throws -> Value {
        let stream = try await self.openAgentStream(configuration)
        do {
            let value = try await body(stream)
            await stream.close()
            return value
        } catch {
            await stream.close()
            throw error
        }
    }
}

extension StreamEnd {
    /// Why a newer agentctl closed an agent stream.
    @nonexhaustive public enum AgentClose: UInt16, Sendable, Hashable {
        /// Close code 4001, *superseded*: another client has opened the agent stream, and gets its events now.
        case superseded = 4001
        /// Close code 4002, *offline budget*: no client was connected for too long, so the turn was cancelled.
        case offlineBudget = 4002
    }

    /// Why a newer agentctl closed an agent stream; nil for all other ends.
    public var agentClose: AgentClose? {
        guard case .closedByServer = self.reason else { return nil }
        return self.closeCode.flatMap { AgentClose(rawValue: $0.rawValue) }
    }
}
